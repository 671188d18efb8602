package dev.enclave.cli;

import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.util.Set;

/** A JCA provider in the first place. Whoever asks it for anything gets an exception that talks. */
final class HostileJca implements AutoCloseable {

  private static final String NAME = "Hostile";

  private static final Set<String> CRYPTOGRAPHIC =
      Set.of(
          "Signature",
          "MessageDigest",
          "Mac",
          "Cipher",
          "KeyFactory",
          "KeyPairGenerator",
          "KeyGenerator",
          "KeyAgreement",
          "SecretKeyFactory",
          "AlgorithmParameters");

  private HostileJca() {}

  /** Registers it until it is closed. */
  static HostileJca saying(String text) {
    if (Security.insertProviderAt(new Talking(text), 1) != 1) {
      throw new AssertionError("it could not be registered first");
    }
    return new HostileJca();
  }

  @Override
  public void close() {
    Security.removeProvider(NAME);
  }

  private static final class Talking extends Provider {

    private static final long serialVersionUID = 1L;

    private final String text;

    Talking(String text) {
      super(NAME, "1", text);
      this.text = text;
    }

    @Override
    public Service getService(String type, String algorithm) {
      return CRYPTOGRAPHIC.contains(type)
          ? new Service(this, type, algorithm, "none", null, null) {
            @Override
            public Object newInstance(Object parameter) {
              throw new ProviderException(text, new ProviderException(text));
            }
          }
          : super.getService(type, algorithm);
    }
  }
}
