package dev.enclave.emulators.internal.gcp.common;

/** What exists here and who may use it. Thread-safe. */
public interface Policy {

  /**
   * Whether somebody may do something.
   *
   * @param principal an e-mail address
   * @param permission such as {@code cloudkms.cryptoKeyVersions.useToSign}
   * @param resource its full name
   */
  boolean allows(String principal, String permission, String resource);

  /**
   * Refuses requests that were sent to the wrong place.
   *
   * @param resource the full name of what is asked for
   * @param routing the header x-goog-request-params, or an empty string
   */
  void checkPlace(String resource, String routing);
}
