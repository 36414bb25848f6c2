# django-allauth headless, for apps, with its JWT strategy: rotation without a grace period.
# Not here: what is common to the Django servers (one_django.py).
# allauth imports these at their first use, which two threads at once make an error of.
import cryptography.hazmat.primitives.ciphers.algorithms  # noqa: F401
import cryptography.hazmat.primitives.ciphers.modes  # noqa: F401
from one_django import configure, me, users
from serve import option, serve

configure(
    __name__,
    ["django.contrib.sessions", "rest_framework", "allauth", "allauth.account", "allauth.headless"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "allauth.account.middleware.AccountMiddleware",
    ],
    AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
    ACCOUNT_LOGIN_METHODS={"username"},
    ACCOUNT_EMAIL_VERIFICATION="none",
    # All tests sign in as the same user from the same address.
    ACCOUNT_RATE_LIMITS={"login": False, "login_failed": False},
    HEADLESS_ONLY=True,
    HEADLESS_CLIENTS=["app"],
    HEADLESS_TOKEN_STRATEGY="allauth.headless.tokens.strategies.jwt.JWTTokenStrategy",
    HEADLESS_JWT_ALGORITHM="HS256",
    HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN=int(option("ACCESS_SECONDS", "300")),
    HEADLESS_JWT_STATEFUL_VALIDATION_ENABLED=True,
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [
            "allauth.headless.contrib.rest_framework.authentication.JWTTokenAuthentication"
        ],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    },
)

from django.urls import include, path  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402


class Me(APIView):
    def get(self, request):
        return Response(me(request.user))


class Notes(APIView):
    def get(self, request):
        return Response({"notes": [], "user": request.user.username})


urlpatterns = [
    path("_allauth/", include("allauth.headless.urls")),
    path("api/me/", Me.as_view()),
    path("api/notes/", Notes.as_view()),
]

from django.core.wsgi import get_wsgi_application  # noqa: E402

users()
serve(get_wsgi_application(), "django-allauth", "django")
