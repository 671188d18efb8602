import dev.enclave.crypto.internal.LocalPublicKeyEngine;
import dev.enclave.internal.PublicKeyEngine;
import java.security.Provider;

/**
 * Local mathematics by the fastest engine present: keys held in this process, verification,
 * sealing.
 */
module dev.enclave.crypto {
  requires transitive dev.enclave.api;
  requires com.fasterxml.jackson.core;
  requires org.bouncycastle.provider;
  requires static com.sun.jna;
  requires static kotlin.stdlib;
  requires static secp256k1.kmp.jvm;

  exports dev.enclave.crypto;

  uses Provider;

  provides PublicKeyEngine with
      LocalPublicKeyEngine;
}
