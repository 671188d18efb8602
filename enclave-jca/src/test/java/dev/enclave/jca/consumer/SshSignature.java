package dev.enclave.jca.consumer;

import dev.enclave.jca.EnclavePrivateKey;
import dev.enclave.jca.EnclaveProvider;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.Provider;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.signature.SignatureECDSA.SignatureECDSA256;

// region ssh
/** ecdsa-sha2-nistp256 of MINA SSHD, in which keys of Enclave sign by Enclave. */
final class SshSignature extends SignatureECDSA256 {

  private static final Provider ENCLAVE = new EnclaveProvider();

  @Override
  protected java.security.Signature doInitSignature(
      SessionContext session, String name, Key key, boolean signing)
      throws GeneralSecurityException {
    return key instanceof EnclavePrivateKey
        ? java.security.Signature.getInstance(name, ENCLAVE)
        : super.doInitSignature(session, name, key, signing);
  }

  /** For {@code setSignatureFactories} of the server or the client. */
  static final class Factory implements NamedFactory<Signature> {

    @Override
    public String getName() {
      return "ecdsa-sha2-nistp256";
    }

    @Override
    public Signature create() {
      return new SshSignature();
    }
  }
}
// endregion
