package dev.enclave.emulators.internal.gcp.kms.model;

import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * "Create and manage labels", Requirements for labels: at most 64; keys of 1 to 63 characters that
 * begin with a lowercase letter, values of at most 63; lowercase letters, digits, underscores and
 * dashes, international characters allowed.
 */
public final class Labels {

  private static final int MOST = 64;
  private static final Pattern KEY =
      Pattern.compile("[\\p{Ll}\\p{Lo}][\\p{Ll}\\p{Lo}\\p{N}_-]{0,62}");
  private static final Pattern VALUE = Pattern.compile("[\\p{Ll}\\p{Lo}\\p{N}_-]{0,63}");

  private Labels() {}

  public static Map<String, String> check(Map<String, String> labels) {
    if (labels.size() > MOST) {
      throw GcpFailure.invalid("A resource can have at most 64 labels.");
    }
    labels.forEach(
        (key, value) -> {
          if (!KEY.matcher(key).matches()) {
            throw GcpFailure.invalid("A label's key is invalid.");
          }
          if (!VALUE.matcher(value).matches()) {
            throw GcpFailure.invalid("The value of label " + key + " is invalid.");
          }
        });
    return labels;
  }
}
