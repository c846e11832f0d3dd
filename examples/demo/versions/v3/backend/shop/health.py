"""May this replica get traffic? Only when it reaches its database, and all migrations that it knows are applied."""

import logging

from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse

from shop.version import VERSION

log = logging.getLogger(__name__)


def check_database():
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise DatabaseError("migrations are missing")


# Outside the transaction of a request, which would fail before the view is reached.
@transaction.non_atomic_requests
def health(request):
    try:
        check_database()
    except DatabaseError as error:
        log.error("health: database: %s", str(error).strip())
        return JsonResponse({"status": "failing", "version": VERSION, "database": "failing"}, status=503)
    return JsonResponse({"status": "ok", "version": VERSION, "database": "ok"})
