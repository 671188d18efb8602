package dev.enclave;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.Quoted;
import dev.enclave.internal.texts.Texts;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The name of a backend, as configuration, handles and logs spell it: {@code [a-z][a-z0-9-]{0,31}}.
 *
 * <p>The constants are pinned: only Enclave's own providers may carry them (see {@code
 * docs/architecture.md}, discovery).
 *
 * @param value the id, such as {@code aws-kms}
 */
public record BackendId(String value) implements Comparable<BackendId> {

  /** First, since the constants below are checked by it while the class initialises. */
  private static final Pattern GRAMMAR = Pattern.compile("[a-z][a-z0-9-]{0,31}");

  public static final BackendId AWS_KMS = new BackendId("aws-kms");
  public static final BackendId AZURE_KEYVAULT = new BackendId("azure-keyvault");
  public static final BackendId GCP_KMS = new BackendId("gcp-kms");
  public static final BackendId KUBERNETES = new BackendId("kubernetes");
  public static final BackendId OS = new BackendId("os");
  public static final BackendId PKCS11 = new BackendId("pkcs11");
  public static final BackendId SOFTWARE = new BackendId("software");
  public static final BackendId VAULT = new BackendId("vault");

  /**
   * @throws UsageException ({@link ErrorCode#INVALID_NAME}) when {@code value} breaks the grammar
   */
  public BackendId {
    Objects.requireNonNull(value, "value");
    if (!GRAMMAR.matcher(value).matches()) {
      throw Texts.BACKEND_ID_WRONG.as(ErrorCode.INVALID_NAME, Quoted.of(value));
    }
  }

  /** Same as the constructor; reads better at a call site. */
  public static BackendId of(String value) {
    return new BackendId(value);
  }

  @Override
  public int compareTo(BackendId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
