package dev.enclave.jca.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.SigningAlgorithm;
import dev.enclave.jca.EnclavePrivateKey;
import dev.enclave.jca.consumer.Consumer.Refusal;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.signature.SignatureECDSA.SignatureECDSA384;
import org.apache.sshd.common.signature.SignatureRSASHA256;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.common.util.security.eddsa.generic.GenericSignatureEd25519;
import org.apache.sshd.server.SshServer;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** SSH, where one key is the server's and the user's; MINA verifies both by Bouncy Castle. */
final class Ssh {

  /** The library's own limits are seconds, which a loaded machine can need. */
  private static final Duration WAIT = Duration.ofMinutes(5);

  private Ssh() {}

  static Consumer mina() {
    return new Consumer(
        Consumer.named("Apache MINA SSHD", SshServer.class),
        Map.of(
            SigningAlgorithm.RSA_PSS_2048_SHA256,
            new Refusal("SSH has no such signature", "does not sign SHA256withRSA")),
        Ssh::byMina);
  }

  private static void byMina(Certified key) throws Exception {
    KeyPair pair = new KeyPair(publicKey(key), key.version());
    List<NamedFactory<Signature>> signatures = List.of(signature(key.algorithm()));
    // What is refused here would be a closed session, without the reason.
    signatures.get(0).create().initSigner(null, key.version());
    SshServer server = SshServer.setUpDefaultServer();
    SshClient client = SshClient.setUpDefaultClient();
    server.setHost("127.0.0.1");
    server.setKeyPairProvider(KeyPairProvider.wrap(pair));
    server.setPublickeyAuthenticator((user, offered, session) -> offered.equals(pair.getPublic()));
    client.setServerKeyVerifier((session, peer, shown) -> shown.equals(pair.getPublic()));
    server.setSignatureFactories(signatures);
    client.setSignatureFactories(signatures);
    server.start();
    client.start();
    try (ClientSession session =
        client.connect("wallet", "127.0.0.1", server.getPort()).verify(WAIT).getSession()) {
      session.addPublicKeyIdentity(pair);
      session.auth().verify(WAIT);
      assertThat(session.getNegotiatedKexParameter(KexProposalOption.SERVERKEYS))
          .isEqualTo(signatures.get(0).getName());
    } finally {
      client.stop();
      server.stop();
    }
  }

  /** MINA knows keys of Ed25519 by Bouncy Castle's class alone. */
  private static PublicKey publicKey(Certified key) throws GeneralSecurityException {
    PublicKey ofJdk = key.version().publicKey();
    return key.algorithm() == SigningAlgorithm.ED25519
        ? KeyFactory.getInstance("Ed25519", new BouncyCastleProvider())
            .generatePublic(new X509EncodedKeySpec(ofJdk.getEncoded()))
        : ofJdk;
  }

  private static NamedFactory<Signature> signature(SigningAlgorithm algorithm) {
    return switch (algorithm) {
      case ED25519 -> new Named("ssh-ed25519", Ed::new);
      case ECDSA_P256_SHA256 -> new SshSignature.Factory();
      case ECDSA_P384_SHA384 -> new Named("ecdsa-sha2-nistp384", P384::new);
      default -> new Named("rsa-sha2-256", Rsa::new);
    };
  }

  private record Named(String name, Supplier<Signature> made) implements NamedFactory<Signature> {

    @Override
    public String getName() {
      return name;
    }

    @Override
    public Signature create() {
      return made.get();
    }
  }

  private static java.security.Signature by(String name, Key key) throws GeneralSecurityException {
    return key instanceof EnclavePrivateKey
        ? java.security.Signature.getInstance(name, Certified.PROVIDER)
        : SecurityUtils.getSignature(name);
  }

  private static final class Ed extends GenericSignatureEd25519 {

    Ed() {
      super("Ed25519");
    }

    @Override
    protected java.security.Signature doInitSignature(
        SessionContext session, String name, Key key, boolean signing)
        throws GeneralSecurityException {
      return by(name, key);
    }
  }

  private static final class P384 extends SignatureECDSA384 {

    @Override
    protected java.security.Signature doInitSignature(
        SessionContext session, String name, Key key, boolean signing)
        throws GeneralSecurityException {
      return by(name, key);
    }
  }

  private static final class Rsa extends SignatureRSASHA256 {

    @Override
    protected java.security.Signature doInitSignature(
        SessionContext session, String name, Key key, boolean signing)
        throws GeneralSecurityException {
      return by(name, key);
    }
  }
}
