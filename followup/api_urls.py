from .api import routes

urlpatterns = routes().urls
