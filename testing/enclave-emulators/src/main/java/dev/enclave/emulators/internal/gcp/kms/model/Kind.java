package dev.enclave.emulators.internal.gcp.kms.model;

import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import java.util.regex.Pattern;

/** Kinds of resources and what their names look like (resources.proto, pattern of each). */
public enum Kind {
  LOCATION("projects/[^/]+/locations/[a-z0-9-]+", "Location"),
  KEY_RING(LOCATION.pattern + "/keyRings/" + Ids.ID, "KeyRing"),
  CRYPTO_KEY(KEY_RING.pattern + "/cryptoKeys/" + Ids.ID, "CryptoKey"),
  CRYPTO_KEY_VERSION(CRYPTO_KEY.pattern + "/cryptoKeyVersions/[1-9][0-9]{0,8}", "CryptoKeyVersion"),
  IMPORT_JOB(KEY_RING.pattern + "/importJobs/" + Ids.ID, "ImportJob");

  private static final class Ids {
    /** service.proto, CreateKeyRingRequest, CreateCryptoKeyRequest, CreateImportJobRequest. */
    static final String ID = "[a-zA-Z0-9_-]{1,63}";
  }

  private final String pattern;
  private final String text;
  private final Pattern compiled;

  Kind(String pattern, String text) {
    this.pattern = pattern;
    this.text = text;
    compiled = Pattern.compile(pattern);
  }

  public String text() {
    return text;
  }

  public boolean matches(String name) {
    return compiled.matcher(name).matches();
  }

  /** Refuses what is no name of this kind. */
  public String check(String field, String name) {
    if (!matches(name)) {
      throw GcpFailure.invalid(
          "The "
              + field
              + " field must be a "
              + text
              + " resource name of the form "
              + shape()
              + ".");
    }
    return name;
  }

  private String shape() {
    return switch (this) {
      case LOCATION -> "projects/*/locations/*";
      case KEY_RING -> "projects/*/locations/*/keyRings/*";
      case CRYPTO_KEY -> "projects/*/locations/*/keyRings/*/cryptoKeys/*";
      case CRYPTO_KEY_VERSION ->
          "projects/*/locations/*/keyRings/*/cryptoKeys/*/cryptoKeyVersions/*";
      case IMPORT_JOB -> "projects/*/locations/*/keyRings/*/importJobs/*";
    };
  }

  /** The id of a new resource. */
  public static String checkId(String field, String id) {
    if (!id.matches(Ids.ID)) {
      throw GcpFailure.invalid(
          "The " + field + " field must match the regular expression " + Ids.ID + ".");
    }
    return id;
  }

  public static String parentOf(String name) {
    int collection = name.lastIndexOf('/', name.lastIndexOf('/') - 1);
    return name.substring(0, collection);
  }

  public static String idOf(String name) {
    return name.substring(name.lastIndexOf('/') + 1);
  }
}
