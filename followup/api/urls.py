from .flags import routes

urlpatterns = routes().urls
