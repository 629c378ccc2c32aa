"""Every setting, typed. Read from the instance folder's settings file, then from the environment (CBC_...)."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import Literal

from flask import current_app
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url

from app.installation import AUTHORITY, EXAMPLE_AUTHORITY, ROOT, instance_folder
from app.typed import ROLE_KEYS, groups_of, is_this_machine, listed, schedule_of

GEOCODERS = ("os_places", "nominatim")


_ADDRESS = re.compile(r"[^@\s<>,;:\"]+@[^@\s<>,;:\"]+")


class Settings(BaseSettings):
    """One council's installation. ``data`` is the folder that holds everything it owns."""

    model_config = SettingsConfigDict(env_prefix="CBC_", extra="ignore")

    data: Path = Field(default=ROOT / "instance", description="The folder with the database, keys, records and mail")
    database_url: str = Field(
        default="", description="Empty: SQLite in the data folder. Else a postgresql+psycopg:// address"
    )
    migration_database_url: str = Field(
        default="",
        description="PostgreSQL: the same database as the role that owns the tables. For setup and upgrades only: give it in the environment of that command, never here",
    )
    council_name: str = Field(default="Example Council", description="Shown in the header and on every record")
    council_authority: str = Field(
        default=EXAMPLE_AUTHORITY, pattern=AUTHORITY, description="The council’s own district, an ONS code"
    )
    base_url: str = Field(
        default="http://127.0.0.1:8000", description="The address people open; links in mail start with it"
    )
    https: bool = Field(default=False, description="Behind TLS: secure cookies and strict transport security")
    proxies: int = Field(default=0, ge=0, le=5, description="How many reverse proxies stand in front")
    mail: Literal["folder", "smtp"] = Field(
        default="folder", description="folder writes .eml files to the data folder; smtp sends"
    )
    mail_from: str = Field(default="case-by-case@council.example", description="The sender of mail")
    team_name: str = Field(default="Housing options team", description="The team that mail says it is from")
    team_telephone: str = Field(
        default="",
        description="A number that mail says to ring; empty: the council’s own number, as the reader knows it",
    )
    smtp_host: str = Field(default="localhost", description="Mail server")
    smtp_port: int = Field(default=25, description="Mail server’s port")
    smtp_starttls: bool = Field(default=False, description="Encrypt before sending")
    smtp_user: str = Field(default="", description="Mail server user, if it needs one")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="Mail server password")
    idle_minutes: int = Field(
        default=15, ge=1, le=120, description="A session ends after so many minutes without a request"
    )
    longest_session_hours: int = Field(
        default=12, ge=1, le=24, description="A session ends after so many hours in any case"
    )
    second_step: str = Field(
        default="",
        description="Roles that nobody signs in to by a password alone, separated by commas: housing_officer, senior_officer, safeguarding_lead, auditor, administrator; all is every one. Empty: whoever sets a second step up has one",
    )
    oidc_issuer: str = Field(
        default="",
        description="The council’s own sign-in (OpenID Connect), like https://sign-in.council.example; its hosts are on the list of hosts that may be asked; empty: none",
    )
    oidc_name: str = Field(
        default="your council account", description="What the council’s own sign-in is called on the button"
    )
    oidc_client_id: str = Field(default="", description="What this service is called there")
    oidc_client_secret: SecretStr = Field(default=SecretStr(""), description="Its secret there; empty: it has none")
    oidc_groups: str = Field(
        default="",
        description="Which group there is which role here, like “Housing-Officers=housing_officer, Housing-Leads=safeguarding_lead”; the first that fits counts. Who is in none is refused",
    )
    oidc_groups_claim: str = Field(default="groups", description="The claim that lists groups")
    oidc_second_step: str = Field(
        default="",
        description="Words of acr or amr, separated by commas, by which the council’s own sign-in says that it asked for a second step, like mfa; empty: what it says counts for none",
    )
    listen: str = Field(default="127.0.0.1", description="Where the web server listens; 0.0.0.0 is every network card")
    demo: bool = Field(default=False, description="Demonstration data is loaded: every page says so")
    outside_hosts: str = Field(
        default="", description="Hosts this machine may ask, separated by commas; empty: nothing ever leaves it"
    )
    geocoders: str = Field(
        default="", description="Address services, in order: os_places, nominatim. Empty: only what is on this machine"
    )
    os_places_key: SecretStr = Field(default=SecretStr(""), description="The council’s key for OS Places")
    nominatim_url: str = Field(
        default="", description="The council’s own Nominatim, like https://nominatim.council.example"
    )
    transit_url: str = Field(
        default="",
        description="The council’s OpenTripPlanner 2, its GraphQL address; empty: bus times come from officers",
    )
    tile_url: str = Field(
        default="",
        description="Map tiles for the screen, like https://tiles.council.example/{z}/{x}/{y}.png; empty: a drawn map",
    )
    operator_contact: str = Field(
        default="",
        description="Whom people here ring when nothing can be saved, like “the service desk” with its number; empty: your administrator",
    )
    checkpoints: Path | None = Field(
        default=None,
        description="A folder, best on another machine, where the worker leaves the signed head of the audit every quarter of an hour; empty: nowhere",
    )
    anchor_mail: str = Field(
        default="",
        description="Addresses outside the housing service, such as information governance and internal audit, separated by commas: each is mailed once a day where the audit stands, signed, without anything of a family; empty: nobody",
    )
    tsa_url: str = Field(
        default="",
        description="A time-stamping authority (RFC 3161) that every sealed record is stamped by, like https://tsa.example/tsr; its host is on the list of hosts that may be asked; empty: none",
    )
    records: Path | None = Field(
        default=None,
        description="The folder of sealed PDFs, where it is not records in the data folder: one that every machine mounts; empty: there",
    )
    data_files: Path | None = Field(
        default=None,
        description="A folder on this machine whose files an administrator may load on the page of the data sets; empty: to_load in the data folder",
    )
    jobs_kept_days: int = Field(
        default=30, ge=7, description="Days after which a letter or PDF that went well is forgotten by the queue"
    )
    backups: Path | None = Field(
        default=None,
        description="A folder, best on another machine, where the worker puts a backup by schedule; empty: only where somebody runs “backup”",
    )
    backups_every_hours: int = Field(
        default=1, ge=1, le=168, description="The worker makes a backup when the last one is so many hours old"
    )
    backups_kept: str = Field(
        default="24 hourly, 35 daily, 0 weekly, 0 monthly",
        description="Which backups stay in a folder when one was made: the newest of each of so many hours, days, weeks and months. The newest and the last that was tried out always stay",
    )
    backup_key: str = Field(
        default="",
        description="The public key that backups are encrypted to, as “backup key” prints it (age1…); empty: they are not encrypted",
    )
    backups_old_hours: int = Field(
        default=26,
        ge=0,
        description="Administrators and /readyz are warned when the last good backup is older than so many hours; 0: never, backups are looked after elsewhere",
    )
    backups_tried_days: int = Field(
        default=35,
        ge=0,
        description="They are warned too when no backup was tried out with “backup verify” for so many days; 0: never",
    )
    metrics_token: SecretStr = Field(
        default=SecretStr(""),
        description="What a monitoring system sends as “Authorization: Bearer …” to read /metrics; empty: there is no such page",
    )
    log_requests: bool = Field(
        default=False,
        description="A line of the log for each request: route, status and milliseconds, nothing of anybody",
    )
    postgresql_programs: Path | None = Field(
        default=None, description="The folder of pg_dump and pg_restore, where they are not found by themselves"
    )
    disk_warning_mb: int = Field(
        default=200, ge=0, description="Free megabytes of disk under which the start and /readyz warn"
    )
    disk_read_only_mb: int = Field(
        default=50, ge=5, description="Free megabytes under which nothing is saved any more and pages are read only"
    )
    disk_reserve_mb: int = Field(
        default=64,
        ge=0,
        description="Megabytes kept back for a full disk: an eighth for views, the rest for signing in",
    )
    seal: Path | None = Field(
        default=None, description="A PKCS#12 file to seal records with, instead of the self-made one"
    )
    seal_password: SecretStr = Field(default=SecretStr(""), description="Its password")

    @field_validator("migration_database_url")
    @classmethod
    def _beside_another(cls, value: str, info: ValidationInfo) -> str:
        serving = info.data.get("database_url", "")
        if not value:
            return value
        if not (value.startswith("postgresql") and str(serving).startswith("postgresql")):
            raise ValueError("it and CBC_DATABASE_URL are both addresses of a PostgreSQL")
        if not make_url(str(serving)).username:
            raise ValueError("CBC_DATABASE_URL has to name the role that serves")
        return value

    @field_validator("listen")
    @classmethod
    def _encrypted_beyond_this_machine(cls, value: str, info: ValidationInfo) -> str:
        """Plain http is for this machine alone. Source: reliability.md, section 6, V12."""
        if not info.data.get("https") and not is_this_machine(value):
            raise ValueError(
                "beyond this machine passwords would travel unencrypted: put TLS in front and set CBC_HTTPS=true"
            )
        return value

    @field_validator("backups_kept")
    @classmethod
    def _is_a_schedule(cls, value: str) -> str:
        schedule_of(value)
        return value

    @field_validator("second_step")
    @classmethod
    def _known_roles(cls, value: str) -> str:
        strange = sorted(set(listed(value)) - {*ROLE_KEYS, "all"})
        if strange:
            raise ValueError(f"there is no role {strange[0]}; they are {', '.join(ROLE_KEYS)}, and all for every one")
        return value

    @field_validator("oidc_groups")
    @classmethod
    def _groups_of_roles(cls, value: str) -> str:
        groups_of(value)
        return value

    @property
    def second_step_roles(self) -> frozenset[str]:
        found = frozenset(listed(self.second_step))
        return frozenset(ROLE_KEYS) if "all" in found else found

    @property
    def oidc_roles(self) -> dict[str, str]:
        """The role of each group of the council’s own sign-in, the first to count first."""
        return groups_of(self.oidc_groups)

    @property
    def oidc_second_step_words(self) -> frozenset[str]:
        return frozenset(listed(self.oidc_second_step))

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data / 'case-by-case.sqlite'}"

    @property
    def gazetteer(self) -> Path:
        return self.data / "gazetteer.sqlite"

    @property
    def records_folder(self) -> Path:
        """Where sealed PDFs lie; it need not be there."""
        return self.records or self.data / "records"

    def place_of(self, name: str) -> Path:
        """Where a file or folder of the data folder lies: that of records may be elsewhere."""
        return self.records_folder if name == "records" else self.data / name

    @property
    def files_to_load(self) -> Path:
        """Where the operator puts files for an administrator to load; it need not be there."""
        return self.data_files or self.data / "to_load"

    @property
    def allowed_hosts(self) -> tuple[str, ...]:
        return tuple(h.strip().casefold() for h in self.outside_hosts.split(",") if h.strip())

    @property
    def anchor_addresses(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(a.strip() for a in self.anchor_mail.split(",") if a.strip()))

    @field_validator("anchor_mail")
    @classmethod
    def _are_addresses(cls, value: str) -> str:
        strange = [a.strip() for a in value.split(",") if a.strip() and not _ADDRESS.fullmatch(a.strip())]
        if strange:
            raise ValueError(f"{strange[0]} is no e-mail address")
        return value

    @property
    def geocoder_names(self) -> tuple[str, ...]:
        return tuple(n.strip() for n in self.geocoders.split(",") if n.strip())

    @field_validator("geocoders")
    @classmethod
    def _known_geocoders(cls, value: str) -> str:
        strange = [n.strip() for n in value.split(",") if n.strip() and n.strip() not in GEOCODERS]
        if strange:
            raise ValueError(f"there is no address service {strange[0]}; they are {', '.join(GEOCODERS)}")
        return value

    @property
    def districts(self) -> Path:
        return self.data / "districts.sqlite"

    @property
    def walking_network(self) -> Path:
        return self.data / "walking.network"

    @property
    def services_index(self) -> Path:
        return self.data / "services.columns"

    @property
    def compiled_templates(self) -> Path:
        """The folder of what pages are drawn with, compiled; it may be deleted, and is made again."""
        return self.data / "compiled"

    @property
    def seal_file(self) -> Path:
        return self.seal or self.data / "seal.p12"

    @property
    def checkpoint_key(self) -> Path:
        return self.data / "checkpoint.key"

    def secret_key(self) -> str:
        """The key that signs cookies and forms; made once, readable by the owner only."""
        return secret_file(self.data / "secret.key")


def secret_file(path: Path) -> str:
    """Read a secret, making it first (0600) where it does not exist."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def load_settings(data: Path | None = None) -> Settings:
    """Settings of an instance folder: its settings.env, overridden by the environment."""
    folder = data or instance_folder()
    try:
        return Settings(_env_file=folder / "settings.env", data=folder)
    except ValidationError as error:
        wrong = "; ".join(
            f"CBC_{'_'.join(str(p) for p in e['loc']).upper()}: {e['msg']}" for e in error.errors(include_url=False)
        )
        raise SystemExit(f"Case by Case did not start: a setting cannot be used. {wrong}.") from None


def remember_demo(folder: Path) -> None:
    """Keep in the settings file that this instance holds the demonstration, so that every later start says so."""
    path = folder / "settings.env"
    text = path.read_text(encoding="utf-8")
    if "\nCBC_DEMO=true\n" not in text:
        path.write_text(text.replace("#CBC_DEMO=false", "CBC_DEMO=true"), encoding="utf-8")


def write_settings_file(folder: Path) -> None:
    """A settings file that explains itself, with everything at its default; never overwritten."""
    path = folder / "settings.env"
    if path.exists():
        return
    lines = ["# Settings of this installation. Take the # away to change one; restart after."]
    for name, field in Settings.model_fields.items():
        if name != "data":
            default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
            shown = "" if default is None else str(default).lower() if isinstance(default, bool) else default
            lines += ["", f"# {field.description}", f"#CBC_{name.upper()}={shown}"]
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def current_settings() -> Settings:
    """The settings of the application that answers just now."""
    found: Settings = current_app.config["SETTINGS"]
    return found
