from rest_framework import mixins, viewsets

from catalog.models import Order, Product
from catalog.serializers import OrderSerializer, ProductSerializer


class ForTenant:
    """What is created belongs to the tenant who asks. What is read needs no filter: the database has it."""

    def perform_create(self, serializer):
        serializer.save(tenant=self.request.user)


class ProductViewSet(ForTenant, viewsets.ModelViewSet):
    queryset = Product.objects.all()
    serializer_class = ProductSerializer


class OrderViewSet(
    ForTenant, mixins.CreateModelMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet
):
    queryset = Order.objects.prefetch_related("lines")
    serializer_class = OrderSerializer
