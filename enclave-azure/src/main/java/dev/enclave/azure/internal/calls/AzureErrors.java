package dev.enclave.azure.internal.calls;

import dev.enclave.kit.ErrorRule;
import dev.enclave.kit.ErrorTable;
import dev.enclave.kit.http.HttpAnswer.Answered;
import dev.enclave.spi.FailureCode;
import java.util.Optional;

/**
 * What a vault's error codes mean. The inner error's code decides where there is one, then the
 * error's, then the status; never a message's text. From Key Vault's documentation: "REST API error
 * codes", "Throttling guidance", "Common parameters and headers", and the REST API reference.
 */
public final class AzureErrors {

  public static final ErrorRule THROTTLE =
      ErrorRule.throttled(
          "Send less, spread keys over several vaults, or use a managed HSM.",
          "Throttled",
          "TooManyRequests");

  public static final ErrorRule SERVICE =
      ErrorRule.ambiguous(
          FailureCode.UNAVAILABLE,
          "Azure failed on its side. If it lasts, look at Azure Service Health.",
          "InternalServerError",
          "InternalError",
          "ServiceUnavailable",
          "GatewayTimeout");

  public static final ErrorRule SIGNED_OUT =
      ErrorRule.transientFailure(
              FailureCode.ACCESS_DENIED,
              "The vault does not take this identity's token. Check that vault and identity are of"
                  + " one tenant.",
              "Unauthorized")
          .forAFewAttempts();

  public static final ErrorRule CLOCK =
      ErrorRule.transientFailure(
              FailureCode.MISCONFIGURED,
              "Azure's clock and this machine's differ by minutes, so that tokens seem to be over,"
                  + " or not to have begun. Set this machine's by NTP.")
          .forAFewAttempts();

  public static final ErrorRule OFF =
      ErrorRule.permanent(
          FailureCode.INVALID_STATE,
          "The version is disabled. Enable it, or use another version.",
          "KeyDisabled",
          "ObjectIsDisabled");

  public static final ErrorRule NOT_YET =
      ErrorRule.permanent(
          FailureCode.INVALID_STATE,
          "The version is not valid yet: it signs from the time on that its attribute nbf names."
              + " Wait, or change it.",
          "KeyNotYetValid");

  public static final ErrorRule OVER =
      ErrorRule.permanent(
          FailureCode.INVALID_STATE,
          "The version has expired: it signs until the time that its attribute exp names, and"
              + " verifies after it. Rotate the key, or change it.",
          "KeyExpired");

  public static final ErrorRule FIREWALL =
      ErrorRule.permanent(
          FailureCode.ACCESS_DENIED,
          "The vault's firewall does not let this address in. Allow it, or come by a private"
              + " endpoint.",
          "ForbiddenByFirewall",
          "ForbiddenByConnection");

  public static final ErrorRule OPERATION =
      ErrorRule.permanent(
          FailureCode.UNSUPPORTED,
          "The key's permitted operations leave this one out. Add it to key_ops, or use another"
              + " key.",
          "KeyOperationForbidden",
          "OperationNotAllowed");

  public static final ErrorRule DENIED =
      ErrorRule.permanent(
          FailureCode.ACCESS_DENIED,
          "Give the identity a role with it, or the permission in the vault's access policy."
              + " enclave doctor --iam prints what it needs. A role that was assigned within the"
              + " last ten minutes may not count yet: then try again.",
          "Forbidden",
          "AccessDenied",
          "ForbiddenByRbac",
          "ForbiddenByPolicy");

  public static final ErrorRule NOT_FOUND =
      ErrorRule.permanent(
          FailureCode.NOT_FOUND,
          "Check the name, the version and the vault.",
          "KeyNotFound",
          "NotFound",
          "KeyVersionNotFound");

  public static final ErrorRule DELETED =
      ErrorRule.permanent(
          FailureCode.ALREADY_EXISTS,
          "A deleted key of this name can still be recovered, and until it is purged nobody can"
              + " make another. Recover it, or take another name: what is purged is gone for ever.",
          "ObjectIsDeletedButRecoverable");

  public static final ErrorRule MOVING =
      ErrorRule.transientFailure(
          FailureCode.INVALID_STATE,
          "The key is being deleted or recovered. That passes in a moment.",
          "ObjectIsBeingDeleted",
          "ObjectIsBeingRecovered");

  public static final ErrorRule CONFLICTING =
      ErrorRule.transientFailure(
              FailureCode.INVALID_STATE,
              "The vault refuses this as the key is now, and does not say why; nothing happened."
                  + " Another change of the key may be under way, which passes in a moment; or a"
                  + " deleted key of this name may not be purged yet, which az keyvault key"
                  + " list-deleted shows.",
              "Conflict")
          .forAFewAttempts();

  public static final ErrorRule QUOTA =
      ErrorRule.permanent(
          FailureCode.LIMIT_EXCEEDED,
          "A limit of the vault is reached. Purge what is not needed, or use another vault.",
          "LimitExceeded",
          "KeyVersionLimitExceeded");

  public static final ErrorRule BAD =
      ErrorRule.permanent(
          FailureCode.REJECTED,
          "The vault does not take this request. An older vault, or one of the standard tier, may"
              + " not know this kind of key.",
          "BadParameter",
          "BadRequest",
          "NotSupported",
          "NotImplemented");

  public static final ErrorRule OTHER =
      ErrorRule.permanent(
          FailureCode.REJECTED, "Look up the code in Key Vault's REST API reference.");

  /** What has no code at all; {@link #OTHER} has one that is not known. */
  public static final ErrorRule UNNAMED =
      ErrorRule.permanent(
          FailureCode.REJECTED,
          "The answer names no error, so it may not be the vault's. Look at what stands between: a"
              + " proxy, a gateway, or another server at enclave.azure-keyvault.vault-url.");

  /** All of them. */
  public static final ErrorTable TABLE =
      ErrorTable.of(
          THROTTLE,
          SERVICE,
          SIGNED_OUT,
          CLOCK,
          OFF,
          NOT_YET,
          OVER,
          FIREWALL,
          OPERATION,
          DENIED,
          NOT_FOUND,
          DELETED,
          MOVING,
          CONFLICTING,
          QUOTA,
          BAD,
          OTHER,
          UNNAMED);

  private AzureErrors() {}

  /**
   * The rule for an answer.
   *
   * @param inner the inner error's code; empty if there is none
   * @param code the error's code; empty if there is none
   */
  static ErrorRule of(String inner, String code, int status) {
    ErrorRule rule = TABLE.find(inner, code).orElseGet(() -> byStatus(status));
    return rule.equals(OTHER) && inner.isEmpty() && code.isEmpty() ? UNNAMED : rule;
  }

  /** The rule for a code that is a vault's; none where its status alone would tell. */
  static Optional<ErrorRule> byCode(Answered answer) {
    AzureRefusal refusal = AzureRefusal.of(answer);
    return TABLE.find(refusal.inner(), refusal.code());
  }

  private static ErrorRule byStatus(int status) {
    return switch (status) {
      case 401 -> SIGNED_OUT;
      case 403 -> DENIED;
      case 404 -> NOT_FOUND;
      case 409 -> CONFLICTING;
      case 429 -> THROTTLE;
      default -> status >= 500 ? SERVICE : OTHER;
    };
  }
}
