from django.db import transaction
from django.http import JsonResponse

from shop.version import VERSION


@transaction.non_atomic_requests
def version(request):
    return JsonResponse({"version": VERSION})
