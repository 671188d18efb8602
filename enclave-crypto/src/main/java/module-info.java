import dev.enclave.PublicKeyEngine;
import dev.enclave.crypto.internal.BouncyCastleEngine;

/** Local mathematics on Bouncy Castle: keys held in this process, verification, sealing. */
module dev.enclave.crypto {
  requires transitive dev.enclave.api;
  requires com.fasterxml.jackson.core;
  requires org.bouncycastle.provider;

  exports dev.enclave.crypto;

  provides PublicKeyEngine with
      BouncyCastleEngine;
}
