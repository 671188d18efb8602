package dev.enclave.jca;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.jca.TlsPeers.Handshake;
import dev.enclave.testkit.InMemoryEnclave;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Collections;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSessionContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the JDK's sessions are worth after a compromise. In a resumption both ends go by the
 * certificates of the first handshake, so that they tell it from a new handshake.
 */
class ResumptionTest {

  private final ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  private final Enclave enclave = InMemoryEnclave.open();
  private final SigningKey server = key("server");
  private final EnclaveKeyManager servers = manager(server);
  private final EnclaveKeyManager clients = manager(key("client"));

  ResumptionTest() throws IOException {}

  @BeforeEach
  void register() {
    Security.addProvider(new EnclaveProvider());
  }

  @AfterEach
  void close() throws IOException {
    listening.close();
    Security.removeProvider(EnclaveProvider.NAME);
    enclave.close();
  }

  private SigningKey key(String name) {
    return enclave.createKey(KeySpec.named(name).algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
  }

  private static EnclaveKeyManager manager(SigningKey key) {
    return EnclaveKeyManager.of(key, TlsPeers.selfSigned(), InstantSource.system());
  }

  private Handshake shake(SSLContext of, SSLContext client, String protocol, boolean mutual)
      throws Exception {
    return Handshake.at(listening, of, client, protocol, mutual);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aClientResumes_afterItsKeyIsCompromised_untilTheServerHasANewContext(String protocol)
      throws Exception {
    SSLContext old = servers.sslContext(TlsPeers.ANYBODY);
    SSLContext client = clients.sslContext(TlsPeers.ANYBODY);
    X509Certificate compromised = shake(old, client, protocol, true).client().orElseThrow();
    enclave.admin().key("client").rotate(RotationRequest.now().reason(RotationReason.COMPROMISE));

    assertThat(shake(old, client, protocol, true).client()).contains(compromised);
    // Nor does it help to invalidate what the server has of sessions: the client has the ticket.
    SSLSessionContext sessions = old.getServerSessionContext();
    Collections.list(sessions.getIds()).forEach(id -> sessions.getSession(id).invalidate());
    assertThat(shake(old, client, protocol, true).client()).contains(compromised);
    SSLContext renewed = servers.sslContext(TlsPeers.ANYBODY);
    Handshake anew = shake(renewed, client, protocol, true);
    assertThat(anew.failure()).isEmpty();
    assertThat(anew.client().orElseThrow()).isNotEqualTo(compromised);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void theProgramOfTheGuide_endsTheSessionsOfACompromisedServer(String protocol) throws Exception {
    SSLContext old = servers.sslContext(TlsPeers.ANYBODY);
    SSLContext client = TlsPeers.anonymous();
    X509Certificate compromised = shake(old, client, protocol, false).server().orElseThrow();
    assertThat(shake(old, client, protocol, false).server()).contains(compromised);

    SSLContext renewed = TlsByJca.renewed(enclave.admin().key("server"), servers, TlsPeers.ANYBODY);

    // The old context is not asked here: JDK 17 resumes in it, and JDK 25 does not.
    Handshake anew = shake(renewed, client, protocol, false);
    assertThat(anew.failure()).isEmpty();
    assertThat(anew.server().orElseThrow().getPublicKey().getEncoded())
        .isEqualTo(server.publicKey().spki().toByteArray());
  }
}
