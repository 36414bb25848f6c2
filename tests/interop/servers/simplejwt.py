# djangorestframework-simplejwt behind its own views, as its documentation sets it up.
# Not here: what is common to the Django servers (one_django.py).
from datetime import timedelta

from one_django import configure, me, users
from serve import option, serve

rotates = option("ROTATES", "no") == "yes"
blacklists = rotates and option("BLACKLISTS", "yes") == "yes"
throttled = option("THROTTLE", "")
configure(
    __name__,
    [
        "rest_framework",
        "rest_framework_simplejwt",
        *(["rest_framework_simplejwt.token_blacklist"] if blacklists else []),
    ],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_THROTTLE_RATES": {"refresh": throttled or None},
    },
    SIMPLE_JWT={
        "ACCESS_TOKEN_LIFETIME": timedelta(seconds=int(option("ACCESS_SECONDS", "300"))),
        "ROTATE_REFRESH_TOKENS": rotates,
        "BLACKLIST_AFTER_ROTATION": blacklists,
    },
)

from django.urls import path  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.throttling import ScopedRateThrottle  # noqa: E402
from rest_framework.views import APIView  # noqa: E402
from rest_framework_simplejwt.views import (  # noqa: E402
    TokenBlacklistView,
    TokenObtainPairView,
    TokenRefreshView,
)


class Refresh(TokenRefreshView):
    throttle_classes = [ScopedRateThrottle] if throttled else []
    throttle_scope = "refresh"


class Me(APIView):
    def get(self, request):
        return Response(me(request.user))

    def patch(self, request):
        request.user.is_active = False
        request.user.save()
        return Response(me(request.user))

    def delete(self, request):
        request.user.delete()
        return Response(status=204)


class Notes(APIView):
    def get(self, request):
        return Response({"notes": [], "user": request.user.username})


urlpatterns = [
    path("api/token/", TokenObtainPairView.as_view()),
    path("api/token/refresh/", Refresh.as_view()),
    path("api/me/", Me.as_view()),
    path("api/notes/", Notes.as_view()),
    *([path("api/token/blacklist/", TokenBlacklistView.as_view())] if blacklists else []),
]

from django.core.wsgi import get_wsgi_application  # noqa: E402

users()
serve(get_wsgi_application(), "djangorestframework-simplejwt", "django")
