"""What hvac, a third party's client, finds at the server: one function for each test."""

import base64
import sys

import hvac
from hvac import exceptions


def b64(data):
    return base64.b64encode(data).decode()


def fails(kind, text, call):
    try:
        call()
    except kind as e:
        assert text in str(e), str(e)
        return
    raise AssertionError("no " + kind.__name__)


def tokens(client):
    assert client.is_authenticated()
    made = client.auth.token.create(policies=["reader"], ttl="1h", display_name="hvac", num_uses=0)
    assert made["auth"]["lease_duration"] == 3600
    other = hvac.Client(url=client.url, token=made["auth"]["client_token"])
    me = other.auth.token.lookup_self()["data"]
    assert me["display_name"] == "token-hvac"
    assert me["policies"] == ["default", "reader"]
    assert me["renewable"] is True
    assert me["expire_time"] is not None
    assert other.auth.token.renew_self(increment="2h")["auth"]["lease_duration"] == 7200
    accessor = made["auth"]["accessor"]
    assert client.auth.token.lookup_accessor(accessor)["data"]["accessor"] == accessor
    assert accessor in client.auth.token.list_accessors()["data"]["keys"]
    other.auth.token.revoke_self()
    assert not other.is_authenticated()
    fails(exceptions.Forbidden, "permission denied", other.auth.token.lookup_self)
    orphan = client.auth.token.create_orphan(policies=["reader"])
    assert orphan["auth"]["orphan"] is True


def approle(client):
    client.sys.enable_auth_method(method_type="approle", path="apps")
    assert "apps/" in client.sys.list_auth_methods()["data"]
    role = dict(role_name="ci", mount_point="apps")
    client.auth.approle.create_or_update_approle(
        token_policies=["reader"], token_ttl="10m", secret_id_num_uses=1, **role
    )
    assert client.auth.approle.read_role(**role)["data"]["token_ttl"] == 600
    assert client.auth.approle.list_roles(mount_point="apps")["data"]["keys"] == ["ci"]
    role_id = client.auth.approle.read_role_id(**role)["data"]["role_id"]
    secret = client.auth.approle.generate_secret_id(metadata={"build": "7"}, **role)["data"]
    assert client.auth.approle.list_secret_id_accessors(**role)["data"]["keys"] == [
        secret["secret_id_accessor"]
    ]
    seen = client.auth.approle.read_secret_id(secret_id=secret["secret_id"], **role)["data"]
    assert seen["secret_id_num_uses"] == 1
    app = hvac.Client(url=client.url)
    answer = app.auth.approle.login(role_id, secret["secret_id"], mount_point="apps")
    assert answer["auth"]["metadata"] == {"build": "7", "role_name": "ci"}, answer
    assert app.is_authenticated()
    fails(
        exceptions.InvalidRequest,
        "invalid role or secret ID",
        lambda: app.auth.approle.login(role_id, secret["secret_id"], mount_point="apps"),
    )
    spare = client.auth.approle.generate_secret_id(**role)["data"]["secret_id"]
    client.auth.approle.destroy_secret_id(secret_id=spare, **role)
    fails(
        exceptions.InvalidRequest,
        "invalid role or secret ID",
        lambda: app.auth.approle.login(role_id, spare, mount_point="apps"),
    )
    client.auth.approle.delete_role(**role)
    fails(exceptions.InvalidPath, "", lambda: client.auth.approle.read_role(**role))
    client.sys.disable_auth_method("apps")


def logins(client, kubernetes_token):
    pod = hvac.Client(url=client.url)
    answer = pod.auth.kubernetes.login(role="pods", jwt=kubernetes_token)
    assert answer["auth"]["metadata"]["service_account_name"] == "signer"
    assert pod.is_authenticated()
    fails(
        exceptions.InvalidRequest,
        'invalid role name "other"',
        lambda: pod.auth.kubernetes.login(role="other", jwt=kubernetes_token),
    )
    assert client.auth.kubernetes.read_role("pods")["bound_service_account_names"] == ["signer"]


def aws(client, key, secret, *other):
    server_id = dict(header_value="vault.test", region="us-east-1")
    machine = hvac.Client(url=client.url)
    answer = machine.auth.aws.iam_login(key, secret, role="dev", **server_id)
    assert answer["auth"]["metadata"]["canonical_arn"].endswith(":user/alice"), answer
    assert machine.is_authenticated()
    fails(
        exceptions.InvalidRequest,
        "does not belong to the role",
        lambda: machine.auth.aws.iam_login(*other, role="dev", **server_id),
    )
    fails(
        exceptions.InvalidRequest,
        "error making upstream request",
        lambda: machine.auth.aws.iam_login(key, "x" + secret, role="dev", **server_id),
    )
    fails(
        exceptions.InvalidRequest,
        'expected "vault.test" but got "elsewhere"',
        lambda: machine.auth.aws.iam_login(
            key, secret, role="dev", header_value="elsewhere", region="us-east-1"
        ),
    )
    fails(
        exceptions.InvalidRequest,
        "missing header",
        lambda: machine.auth.aws.iam_login(key, secret, role="dev", region="us-east-1"),
    )


def policies(client):
    client.sys.create_or_update_policy(
        "team", {"path": {"secret/data/team/*": {"capabilities": ["create", "read"]}}}
    )
    client.sys.create_or_update_policy(
        "hcl", 'path "transit/keys/+" {\n  capabilities = ["list"]\n}\n'
    )
    assert set(client.sys.list_policies()["data"]["policies"]) >= {"default", "hcl", "root", "team"}
    assert "team" in client.sys.read_policy("team")["data"]["rules"]
    token = client.auth.token.create(policies=["team"])["auth"]["client_token"]
    member = hvac.Client(url=client.url, token=token)
    assert member.sys.get_capabilities(["secret/data/team/a"])["data"]["capabilities"] == [
        "create",
        "read",
    ]
    member.secrets.kv.v2.create_or_update_secret("team/a", {"k": "1"})
    fails(
        exceptions.Forbidden,
        "permission denied",
        lambda: member.secrets.kv.v2.create_or_update_secret("team/a", {"k": "2"}),
    )
    fails(
        exceptions.InvalidRequest,
        "failed to parse policy",
        lambda: client.sys.create_or_update_policy("bad", 'path "a" { capabilities = ["x"] }'),
    )
    client.sys.delete_policy("team")
    fails(
        exceptions.Forbidden,
        "permission denied",
        lambda: member.secrets.kv.v2.read_secret_version("team/a", raise_on_deleted_version=True),
    )


def kv(client):
    v2 = client.secrets.kv.v2
    first = v2.create_or_update_secret("app/one", {"a": "1"}, cas=0)["data"]
    assert first["version"] == 1
    fails(
        exceptions.InvalidRequest,
        "check-and-set parameter did not match the current version",
        lambda: v2.create_or_update_secret("app/one", {"a": "2"}, cas=0),
    )
    assert v2.create_or_update_secret("app/one", {"a": "2"}, cas=1)["data"]["version"] == 2
    read = v2.read_secret_version("app/one", raise_on_deleted_version=True)["data"]
    assert read["data"] == {"a": "2"} and read["metadata"]["version"] == 2
    old = v2.read_secret_version("app/one", version=1, raise_on_deleted_version=True)
    assert old["data"]["data"] == {"a": "1"}
    assert v2.list_secrets("app")["data"]["keys"] == ["one"]
    v2.update_metadata("app/one", max_versions=3, cas_required=True)
    fails(
        exceptions.InvalidRequest,
        "check-and-set parameter required for this call",
        lambda: v2.create_or_update_secret("app/one", {"a": "3"}),
    )
    v2.delete_latest_version_of_secret("app/one")
    fails(
        exceptions.InvalidPath,
        "",
        lambda: v2.read_secret_version("app/one", raise_on_deleted_version=True),
    )
    v2.undelete_secret_versions("app/one", [2])
    v2.destroy_secret_versions("app/one", [1])
    versions = v2.read_secret_metadata("app/one")["data"]["versions"]
    assert versions["1"]["destroyed"] is True and versions["2"]["destroyed"] is False
    v2.delete_metadata_and_all_versions("app/one")
    fails(exceptions.InvalidPath, "", lambda: v2.list_secrets("app"))


def transit(client):
    t = client.secrets.transit
    t.create_key("sign", key_type="ecdsa-p256")
    assert t.list_keys()["data"]["keys"] == ["sign"]
    signed = t.sign_data("sign", hash_input=b64(b"text"))["data"]["signature"]
    assert signed.startswith("vault:v1:")
    assert t.verify_signed_data("sign", b64(b"text"), signature=signed)["data"]["valid"] is True
    assert t.verify_signed_data("sign", b64(b"other"), signature=signed)["data"]["valid"] is False
    t.rotate_key("sign")
    assert t.sign_data("sign", hash_input=b64(b"text"))["data"]["signature"].startswith("vault:v2:")
    # Both at once it refuses by itself, unless the second is the larger one.
    t.update_key_configuration("sign", min_decryption_version=2)
    t.update_key_configuration("sign", min_encryption_version=2)
    t.trim_key("sign", min_version=2)
    key = t.read_key("sign")["data"]
    assert key["min_available_version"] == 2 and list(key["keys"]) == ["2"]
    fails(
        exceptions.InvalidRequest,
        "signature version is disallowed by policy (too old)",
        lambda: t.verify_signed_data("sign", b64(b"text"), signature=signed),
    )
    fails(exceptions.InvalidRequest, "", lambda: t.delete_key("sign"))
    t.update_key_configuration("sign", deletion_allowed=True)
    t.delete_key("sign")
    fails(exceptions.InvalidPath, "", lambda: t.read_key("sign"))
    for kind in ("rsa-2048", "ed25519"):
        t.create_key(kind, key_type=kind)
        signed = t.sign_data(kind, hash_input=b64(b"text"))["data"]["signature"]
        assert t.verify_signed_data(kind, b64(b"text"), signature=signed)["data"]["valid"] is True


def encryption(client):
    t = client.secrets.transit
    t.create_key("wrap", key_type="aes256-gcm96")
    sealed = t.encrypt_data("wrap", plaintext=b64(b"secret"))["data"]["ciphertext"]
    assert t.decrypt_data("wrap", ciphertext=sealed)["data"]["plaintext"] == b64(b"secret")
    t.rotate_key("wrap")
    again = t.rewrap_data("wrap", ciphertext=sealed)["data"]["ciphertext"]
    assert again.startswith("vault:v2:")
    data_key = t.generate_data_key("wrap", key_type="plaintext")["data"]
    opened = t.decrypt_data("wrap", ciphertext=data_key["ciphertext"])["data"]["plaintext"]
    assert opened == data_key["plaintext"]


def namespaces(client):
    inner = hvac.Client(url=client.url, token=client.token, namespace="team")
    inner.secrets.kv.v2.create_or_update_secret("a", {"k": "1"})
    fails(
        exceptions.InvalidPath,
        "",
        lambda: client.secrets.kv.v2.read_secret_version("a", raise_on_deleted_version=True),
    )
    missing = hvac.Client(url=client.url, token=client.token, namespace="nowhere")
    fails(exceptions.InvalidPath, "namespace not found", missing.auth.token.lookup_self)


def main():
    name, address, token, *more = sys.argv[1:]
    globals()[name](hvac.Client(url=address, token=token), *more)
    print("done")


main()
