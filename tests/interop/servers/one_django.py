# A Django project in one file: settings, a SQLite database in the test's folder, two kinds of users.
# Not here: which way of signing in it offers.
from pathlib import Path

import django
from django.conf import settings
from serve import folder

PASSWORD = "analytical-engine"


def configure(urls, apps, **more):
    """Sets Django up with these apps; `more` are further settings."""
    settings.configure(
        DEBUG=False,
        ALLOWED_HOSTS=["127.0.0.1"],
        SECRET_KEY="only for the tests, which run on loopback",
        ROOT_URLCONF=urls,
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", *apps],
        MIDDLEWARE=["django.middleware.common.CommonMiddleware", *more.pop("MIDDLEWARE", [])],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": Path(folder()) / "db.sqlite3",
                "OPTIONS": {"timeout": 30, "transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL"},
            }
        },
        # The stretching of passwords is not what is tested, and two cores are few.
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        LOGGING={
            "version": 1,
            "disable_existing_loggers": False,
            "handlers": {"stderr": {"class": "logging.StreamHandler"}},
            "root": {"handlers": ["stderr"], "level": "WARNING"},
        },
        **more,
    )
    django.setup()


def users():
    """Makes the tables, and the users that are not there yet: a restart keeps them."""
    from django.contrib.auth.models import User
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    for name in ["ada", "grace"]:
        if not User.objects.filter(username=name).exists():
            User.objects.create_user(name, f"{name}@example.com", PASSWORD, first_name=name.title(), last_name="Ω'\"")


def me(user):
    """The profile: among it a number that no double holds, an absent value and a custom field."""
    return {
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "roles": ["admin"],
        "employee_number": 9007199254740993,
        "avatar": None,
    }
