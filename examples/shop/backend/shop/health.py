"""May this replica get traffic? Only when it reaches its database."""

import logging

from django.db import DatabaseError, connection, transaction
from django.http import JsonResponse

from shop.version import VERSION

log = logging.getLogger(__name__)


def check_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


# Outside the transaction of a request, which would fail before the view is reached.
@transaction.non_atomic_requests
def health(request):
    try:
        check_database()
    except DatabaseError as error:
        log.error("health: database: %s", str(error).strip())
        return JsonResponse({"status": "failing", "version": VERSION, "database": "failing"}, status=503)
    return JsonResponse({"status": "ok", "version": VERSION, "database": "ok"})
