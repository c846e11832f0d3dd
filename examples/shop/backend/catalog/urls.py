from rest_framework.routers import SimpleRouter

from catalog.views import OrderViewSet, ProductViewSet

router = SimpleRouter()
router.register("products", ProductViewSet)
router.register("orders", OrderViewSet)
urlpatterns = router.urls
