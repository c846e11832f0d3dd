import hashlib
import uuid

from django.db import models


class Tenant(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)

    def __str__(self):
        return self.name


class ApiKey(models.Model):
    """Only the digest of a token is kept. A token is long and random, so one round of SHA-256 is enough."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
    name = models.CharField(max_length=100)
    token_hash = models.CharField(max_length=64, unique=True)

    @staticmethod
    def digest(token):
        return hashlib.sha256(token.encode()).hexdigest()
