# django-oauth-toolkit: a public client with the password grant, rotation as the toolkit has it.
# Not here: what is common to the Django servers (one_django.py).
from one_django import configure, me, users
from serve import option, serve

configure(
    __name__,
    ["rest_framework", "oauth2_provider"],
    OAUTH2_PROVIDER={
        "ACCESS_TOKEN_EXPIRE_SECONDS": int(option("ACCESS_SECONDS", "300")),
        "REFRESH_TOKEN_GRACE_PERIOD_SECONDS": int(option("GRACE_SECONDS", "0")),
        "REFRESH_TOKEN_REUSE_PROTECTION": option("REUSE_PROTECTION", "no") == "yes",
        "SCOPES": {"read": "Reading", "write": "Writing"},
    },
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["oauth2_provider.contrib.rest_framework.OAuth2Authentication"],
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
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    path("api/me/", Me.as_view()),
    path("api/notes/", Notes.as_view()),
]

from django.core.wsgi import get_wsgi_application  # noqa: E402
from oauth2_provider.models import Application  # noqa: E402

users()
Application.objects.get_or_create(
    client_id="session-keeper",
    client_type=Application.CLIENT_PUBLIC,
    authorization_grant_type=Application.GRANT_PASSWORD,
    name="The client of the tests",
)
serve(get_wsgi_application(), "django-oauth-toolkit", "django")
