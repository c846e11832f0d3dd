from rest_framework import serializers

from catalog.models import Order, OrderLine, Product


class ProductSerializer(serializers.ModelSerializer):
    class Meta:
        model = Product
        fields = ["id", "sku", "name", "price", "unit", "stock"]

    def validate_sku(self, sku):
        # Row-level security keeps the search within the tenant.
        others = Product.objects.filter(sku=sku)
        if self.instance:
            others = others.exclude(pk=self.instance.pk)
        if others.exists():
            raise serializers.ValidationError("there is a product with this sku already")
        return sku


class OrderLineSerializer(serializers.ModelSerializer):
    product = serializers.PrimaryKeyRelatedField(queryset=Product.objects.all())

    class Meta:
        model = OrderLine
        fields = ["product", "quantity", "unit_price"]
        read_only_fields = ["unit_price"]


class OrderSerializer(serializers.ModelSerializer):
    lines = OrderLineSerializer(many=True, allow_empty=False)
    total = serializers.DecimalField(max_digits=12, decimal_places=2, read_only=True)

    class Meta:
        model = Order
        fields = ["id", "customer", "created_at", "lines", "total"]

    def create(self, validated_data):
        lines = validated_data.pop("lines")
        order = Order.objects.create(**validated_data)
        # Locked in one order, so that two orders for the same products wait for each other and cannot deadlock.
        locked = Product.objects.select_for_update().order_by("id").in_bulk([line["product"].pk for line in lines])
        for line in lines:
            product = locked[line["product"].pk]
            if product.stock < line["quantity"]:
                raise serializers.ValidationError({"lines": [f"{product.sku}: only {product.stock} in stock"]})
            product.stock -= line["quantity"]
            product.save(update_fields=["stock"])
            OrderLine.objects.create(
                tenant_id=order.tenant_id,
                order=order,
                product=product,
                quantity=line["quantity"],
                unit_price=product.price,
            )
        return order
