package dev.enclave.jca;

import java.security.Provider;
import java.security.Signature;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JCA provider {@value #NAME}: {@link Signature} objects that sign with an {@link
 * EnclavePrivateKey}, each under the standard name of its algorithm.
 *
 * <p>Nothing registers it. Either hand it to the library, as {@code Signature.getInstance(name, new
 * EnclaveProvider())}, or add it to the JVM's list with {@code Security.addProvider}; then {@code
 * Signature.getInstance(name)} finds it by the key. {@code Security.removeProvider} takes it off
 * the list again, which an application server's undeployment needs.
 *
 * <p>With a public key its objects verify as those of the JVM's other providers do. Keys on
 * secp256k1, which the JDK does not have, are verified by Enclave.
 *
 * <p>It holds no keys, needs no configuration, and asks nothing when it is made. Thread-safe.
 */
public final class EnclaveProvider extends Provider {

  /** The provider's name. */
  public static final String NAME = "Enclave";

  private static final long serialVersionUID = 1L;

  private static final String VERSION = "0.1";

  private static final Map<String, String> OF_OUR_KEYS =
      Map.of("SupportedKeyClasses", EnclavePrivateKey.class.getName());

  /** For applications and {@link java.util.ServiceLoader}. */
  public EnclaveProvider() {
    super(NAME, VERSION, "Enclave: private keys that stay where they are");
    for (Scheme scheme : Scheme.all()) {
      putService(new SignatureService(this, scheme));
    }
  }

  /** Makes signature objects without reflection. */
  private static final class SignatureService extends Service {

    private final Scheme scheme;

    SignatureService(Provider provider, Scheme scheme) {
      super(
          provider,
          "Signature",
          scheme.name(),
          EnclaveSignature.class.getName(),
          List.copyOf(scheme.aliases()),
          OF_OUR_KEYS);
      this.scheme = scheme;
    }

    @Override
    public Object newInstance(@Nullable Object constructorParameter) {
      return new EnclaveSignature(scheme, getProvider());
    }
  }
}
