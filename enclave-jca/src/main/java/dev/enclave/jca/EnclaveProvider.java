package dev.enclave.jca;

import dev.enclave.EnclaveFactory;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.error.ErrorCode;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.Provider;
import java.security.Signature;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
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
 * <p>With a public key its objects answer as {@link SignatureVerifier} does, which is stricter than
 * the JDK's providers; a malformed signature is {@code false}. A public key and name that no {@link
 * SigningAlgorithm} has are refused by {@code initVerify}, but for RSASSA-PSS, which the JVM's
 * other providers verify then.
 *
 * <p>A {@link KeyStore} of type {@value #KEY_STORE} it gives to programs that make one by its type,
 * once it is told of a configuration ({@link #configure}); applications have {@link
 * CertifiedKeys#keyStore()}.
 *
 * <p>It holds no keys, and asks nothing when it is made. Thread-safe.
 */
public final class EnclaveProvider extends Provider {

  /** The provider's name. */
  public static final String NAME = "Enclave";

  private static final long serialVersionUID = 1L;

  /** The type of its key stores. */
  public static final String KEY_STORE = "Enclave";

  private static final String VERSION = "0.1";

  private static final Map<String, String> OF_OUR_KEYS =
      Map.of("SupportedKeyClasses", EnclavePrivateKey.class.getName());

  private final transient Supplier<CertifiedKeys> keys;

  /** For applications and {@link java.util.ServiceLoader}. */
  public EnclaveProvider() {
    this(EnclaveProvider::unconfigured);
  }

  private EnclaveProvider(Supplier<CertifiedKeys> keys) {
    super(NAME, VERSION, Texts.PROVIDER_INFO.with());
    this.keys = keys;
    for (Scheme scheme : Scheme.all()) {
      putService(new SignatureService(this, scheme));
    }
    putService(new KeyStoreService(this));
  }

  private static CertifiedKeys unconfigured() {
    throw Texts.KEY_STORE_UNCONFIGURED.as(ErrorCode.CONFIGURATION_MISSING);
  }

  /**
   * A provider whose key stores have the keys of an Enclave of its own, which is opened when the
   * first of them is loaded, and is open until the process ends. It is for {@code keytool} and
   * {@code jarsigner}, which take {@code -providerArg}.
   *
   * @param configurationFile a properties file, read as the one that {@code ENCLAVE_CONFIG} names
   */
  @Override
  public Provider configure(String configurationFile) {
    return new EnclaveProvider(new OpenedOnce(Path.of(configurationFile)));
  }

  /** An Enclave for as long as the process runs. */
  private static final class OpenedOnce implements Supplier<CertifiedKeys> {

    private final Path configurationFile;
    private @Nullable CertifiedKeys keys;

    OpenedOnce(Path configurationFile) {
      this.configurationFile = configurationFile;
    }

    @Override
    public synchronized CertifiedKeys get() {
      CertifiedKeys opened = keys;
      if (opened == null) {
        opened =
            CertifiedKeys.of(
                EnclaveFactory.builder().configFile(configurationFile).open().signingKeys(),
                CertificateChains.none());
        keys = opened;
      }
      return opened;
    }
  }

  /** Makes key stores without reflection. */
  private static final class KeyStoreService extends Service {

    KeyStoreService(EnclaveProvider provider) {
      super(provider, "KeyStore", KEY_STORE, EnclaveKeyStore.class.getName(), List.of(), Map.of());
    }

    @Override
    public Object newInstance(@Nullable Object constructorParameter) {
      return new EnclaveKeyStore(((EnclaveProvider) getProvider()).keys);
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
