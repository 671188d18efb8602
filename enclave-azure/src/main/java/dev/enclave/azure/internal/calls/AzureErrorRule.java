package dev.enclave.azure.internal.calls;

import static dev.enclave.spi.FailureClass.AMBIGUOUS;
import static dev.enclave.spi.FailureClass.PERMANENT;
import static dev.enclave.spi.FailureClass.THROTTLED;
import static dev.enclave.spi.FailureClass.TRANSIENT;

import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a vault's error codes mean. The inner error's code decides where there is one, then the
 * error's, then the status; never a message's text. From Key Vault's documentation: "REST API error
 * codes", "Throttling guidance", "Common parameters and headers", and the REST API reference.
 */
public enum AzureErrorRule {
  THROTTLE(
      THROTTLED,
      THROTTLED,
      FailureCode.THROTTLED,
      "Send less, spread keys over several vaults, or use a managed HSM.",
      "Throttled",
      "TooManyRequests"),
  SERVICE(
      TRANSIENT,
      AMBIGUOUS,
      FailureCode.UNAVAILABLE,
      "Azure failed on its side. If it lasts, look at Azure Service Health.",
      "InternalServerError",
      "InternalError",
      "ServiceUnavailable",
      "GatewayTimeout"),
  SIGNED_OUT(
      TRANSIENT,
      TRANSIENT,
      FailureCode.ACCESS_DENIED,
      "The vault does not take this identity's token. Check that vault and identity are of one"
          + " tenant.",
      "Unauthorized"),
  CLOCK(
      TRANSIENT,
      TRANSIENT,
      FailureCode.MISCONFIGURED,
      "Azure's clock and this machine's differ by minutes, so that tokens seem to be over, or not"
          + " to have begun. Set this machine's by NTP."),
  OFF(
      PERMANENT,
      PERMANENT,
      FailureCode.INVALID_STATE,
      "The version is disabled. Enable it, or use another version.",
      "KeyDisabled",
      "ObjectIsDisabled"),
  NOT_YET(
      PERMANENT,
      PERMANENT,
      FailureCode.INVALID_STATE,
      "The version is not valid yet: it signs from the time on that its attribute nbf names. Wait,"
          + " or change it.",
      "KeyNotYetValid"),
  OVER(
      PERMANENT,
      PERMANENT,
      FailureCode.INVALID_STATE,
      "The version has expired: it signs until the time that its attribute exp names, and verifies"
          + " after it. Rotate the key, or change it.",
      "KeyExpired"),
  FIREWALL(
      PERMANENT,
      PERMANENT,
      FailureCode.ACCESS_DENIED,
      "The vault's firewall does not let this address in. Allow it, or come by a private endpoint.",
      "ForbiddenByFirewall",
      "ForbiddenByConnection"),
  OPERATION(
      PERMANENT,
      PERMANENT,
      FailureCode.UNSUPPORTED,
      "The key's permitted operations leave this one out. Add it to key_ops, or use another key.",
      "KeyOperationForbidden",
      "OperationNotAllowed"),
  DENIED(
      PERMANENT,
      PERMANENT,
      FailureCode.ACCESS_DENIED,
      "Give the identity a role with it, or the permission in the vault's access policy. enclave"
          + " doctor --iam prints what it needs.",
      "Forbidden",
      "AccessDenied",
      "ForbiddenByRbac",
      "ForbiddenByPolicy"),
  NOT_FOUND(
      PERMANENT,
      PERMANENT,
      FailureCode.NOT_FOUND,
      "Check the name, the version and the vault.",
      "KeyNotFound",
      "NotFound",
      "KeyVersionNotFound"),
  DELETED(
      PERMANENT,
      PERMANENT,
      FailureCode.ALREADY_EXISTS,
      "A deleted key of this name can still be recovered, and until it is purged nobody can make"
          + " another. Recover or purge it, or take another name.",
      "ObjectIsDeletedButRecoverable"),
  MOVING(
      TRANSIENT,
      TRANSIENT,
      FailureCode.INVALID_STATE,
      "The key is being deleted or recovered. That passes in a moment.",
      "ObjectIsBeingDeleted",
      "ObjectIsBeingRecovered"),
  CONFLICTING(
      TRANSIENT,
      TRANSIENT,
      FailureCode.INVALID_STATE,
      "Another change of the key is under way; nothing happened.",
      "Conflict"),
  QUOTA(
      PERMANENT,
      PERMANENT,
      FailureCode.LIMIT_EXCEEDED,
      "A limit of the vault is reached. Purge what is not needed, or use another vault.",
      "LimitExceeded",
      "KeyVersionLimitExceeded"),
  BAD(
      PERMANENT,
      PERMANENT,
      FailureCode.REJECTED,
      "The vault does not take this request. An older vault, or one of the standard tier, may not"
          + " know this kind of key.",
      "BadParameter",
      "BadRequest",
      "NotSupported",
      "NotImplemented"),
  OTHER(
      PERMANENT,
      PERMANENT,
      FailureCode.REJECTED,
      "Look up the code in Key Vault's REST API reference.");

  private static final Map<String, AzureErrorRule> BY_CODE =
      Arrays.stream(values())
          .flatMap(rule -> rule.codes.stream().map(code -> Map.entry(code, rule)))
          .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

  private final FailureClass reading;
  private final FailureClass changing;
  private final FailureCode failureCode;
  private final String advice;

  @SuppressWarnings("ImmutableEnumChecker") // List.of: the type does not say so.
  private final List<String> codes;

  AzureErrorRule(
      FailureClass reading,
      FailureClass changing,
      FailureCode failureCode,
      String advice,
      String... codes) {
    this.reading = reading;
    this.changing = changing;
    this.failureCode = failureCode;
    this.advice = advice;
    this.codes = List.of(codes);
  }

  /**
   * The rule for an answer.
   *
   * @param inner the inner error's code; empty if there is none
   * @param code the error's code; empty if there is none
   */
  static AzureErrorRule of(String inner, String code, int status) {
    AzureErrorRule byInner = BY_CODE.get(inner);
    if (byInner != null) {
      return byInner;
    }
    AzureErrorRule byCode = BY_CODE.get(code);
    return byCode != null ? byCode : byStatus(status);
  }

  private static AzureErrorRule byStatus(int status) {
    return switch (status) {
      case 401 -> SIGNED_OUT;
      case 403 -> DENIED;
      case 404 -> NOT_FOUND;
      case 409 -> CONFLICTING;
      case 429 -> THROTTLE;
      default -> status >= 500 ? SERVICE : OTHER;
    };
  }

  /** Error codes of Azure. */
  public List<String> codes() {
    return codes;
  }

  /** What it means for the next attempt. */
  public FailureClass failureClass(boolean changes) {
    return changes ? changing : reading;
  }

  /** What went wrong, in the engine's words. */
  public FailureCode failureCode() {
    return failureCode;
  }

  /** What to do. */
  public String advice() {
    return advice;
  }

  /** The same failure of this kind again and again is none that passes. */
  boolean passesOnceOnly() {
    return this == SIGNED_OUT || this == CLOCK;
  }
}
