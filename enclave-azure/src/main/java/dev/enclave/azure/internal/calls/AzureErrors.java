package dev.enclave.azure.internal.calls;

import dev.enclave.kit.ErrorRule;
import dev.enclave.kit.ErrorTable;
import dev.enclave.kit.http.HttpAnswer.Answered;
import java.util.Optional;

/**
 * What a vault's error codes mean. The inner error's code decides where there is one, then the
 * error's, then the status; never a message's text. From Key Vault's documentation: "REST API error
 * codes", "Throttling guidance", "Common parameters and headers", and the REST API reference.
 */
public final class AzureErrors {

  public static final ErrorTable TABLE =
      ErrorTable.of(
          """
          THROTTLE throttled THROTTLED: Throttled TooManyRequests 429
            Send less, spread keys over several vaults, or use a managed HSM.
          SERVICE ambiguous UNAVAILABLE: InternalServerError InternalError ServiceUnavailable \
              GatewayTimeout 5xx
            Azure failed on its side. If it lasts, look at Azure Service Health.
          SIGNED_OUT passing ACCESS_DENIED: Unauthorized 401
            The vault does not take this identity's token. Check that vault and identity are of one
            tenant.
          CLOCK passing MISCONFIGURED
            Azure's clock and this machine's differ by minutes, so that tokens seem to be over, or
            not to have begun. Set this machine's by NTP.
          OFF permanent INVALID_STATE: KeyDisabled ObjectIsDisabled
            The version is disabled. Enable it, or use another version.
          NOT_YET permanent INVALID_STATE: KeyNotYetValid
            The version is not valid yet: it signs from the time on that its attribute nbf names.
            Wait, or change it.
          OVER permanent INVALID_STATE: KeyExpired
            The version has expired: it signs until the time that its attribute exp names, and
            verifies after it. Rotate the key, or change it.
          FIREWALL permanent ACCESS_DENIED: ForbiddenByFirewall ForbiddenByConnection
            The vault's firewall does not let this address in. Allow it, or come by a private
            endpoint.
          OPERATION permanent UNSUPPORTED: KeyOperationForbidden OperationNotAllowed
            The key's permitted operations leave this one out. Add it to key_ops, or use another
            key.
          DENIED permanent ACCESS_DENIED: Forbidden AccessDenied ForbiddenByRbac ForbiddenByPolicy \
              403
            Give the identity a role with it, or the permission in the vault's access policy.
            enclave doctor --iam prints what it needs. A role that was assigned within the last ten
            minutes may not count yet: then try again.
          NOT_FOUND permanent NOT_FOUND: KeyNotFound NotFound KeyVersionNotFound 404
            Check the name, the version and the vault.
          DELETED permanent ALREADY_EXISTS: ObjectIsDeletedButRecoverable
            A deleted key of this name can still be recovered, and until it is purged nobody can
            make another. Recover it, or take another name: what is purged is gone for ever.
          MOVING transient INVALID_STATE: ObjectIsBeingDeleted ObjectIsBeingRecovered
            The key is being deleted or recovered. That passes in a moment.
          CONFLICTING passing INVALID_STATE: Conflict 409
            The vault refuses this as the key is now, and does not say why; nothing happened.
            Another change of the key may be under way, which passes in a moment; or a deleted key
            of this name may not be purged yet, which az keyvault key list-deleted shows.
          QUOTA permanent LIMIT_EXCEEDED: LimitExceeded KeyVersionLimitExceeded
            A limit of the vault is reached. Purge what is not needed, or use another vault.
          BAD permanent REJECTED: BadParameter BadRequest NotSupported NotImplemented
            The vault does not take this request. An older vault, or one of the standard tier, may
            not know this kind of key.
          OTHER permanent REJECTED: other
            Look up the code in Key Vault's REST API reference.
          UNNAMED permanent REJECTED: none
            The answer names no error, so it may not be the vault's. Look at what stands between: a
            proxy, a gateway, or another server at enclave.azure-keyvault.vault-url.
          """);

  public static final ErrorRule THROTTLE = TABLE.rule("THROTTLE");
  public static final ErrorRule SIGNED_OUT = TABLE.rule("SIGNED_OUT");
  public static final ErrorRule CLOCK = TABLE.rule("CLOCK");
  public static final ErrorRule DENIED = TABLE.rule("DENIED");
  public static final ErrorRule NOT_FOUND = TABLE.rule("NOT_FOUND");
  public static final ErrorRule BAD = TABLE.rule("BAD");

  private AzureErrors() {}

  /**
   * The rule for an answer.
   *
   * @param inner the inner error's code; empty if there is none
   * @param code the error's code; empty if there is none
   */
  static ErrorRule of(String inner, String code, int status) {
    return TABLE.of(status, inner, code);
  }

  /** The rule for a code that is a vault's; none where its status alone would tell. */
  static Optional<ErrorRule> byCode(Answered answer) {
    AzureRefusal refusal = AzureRefusal.of(answer);
    return TABLE.find(refusal.inner(), refusal.code());
  }
}
