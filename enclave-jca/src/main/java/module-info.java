import dev.enclave.jca.EnclaveProvider;
import java.security.Provider;

/** A JCA provider, for libraries that take a {@link java.security.PrivateKey}. */
module dev.enclave.jca {
  requires transitive dev.enclave.api;
  requires org.bouncycastle.provider;
  requires static org.jspecify;

  exports dev.enclave.jca;

  provides Provider with
      EnclaveProvider;
}
