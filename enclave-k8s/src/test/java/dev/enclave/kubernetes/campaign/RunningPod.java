package dev.enclave.kubernetes.campaign;

import dev.enclave.campaign.cloud.CloudServer;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.emulators.wire.JournalEntry;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A namespace behind its relay, and the server of the key-encryption key; one deployment of both.
 */
public final class RunningPod implements CloudServer {

  /** What keys need that nothing seals. */
  static final String ACKNOWLEDGE = "enclave.acknowledge-reduced-security";

  private final PodSite site;
  private final Optional<KekServer> kek;
  private final Deployment deployment;

  public RunningPod(PodSite site, String environment, Optional<KekServer> kek) {
    this.site = site;
    this.kek = kek;
    Deployment pod = site.pod(environment);
    this.deployment =
        kek.map(KekServer::deployment).map(pod::and).orElseGet(() -> pod.with(ACKNOWLEDGE, "true"));
  }

  public PodSite site() {
    return site;
  }

  public KekServer kek() {
    return kek.orElseThrow();
  }

  @Override
  public Deployment deployment() {
    return deployment;
  }

  @Override
  public List<JournalEntry> journal() {
    List<JournalEntry> ofSecrets = site.relay().journal().entries();
    return kek.map(
            server ->
                Stream.concat(ofSecrets.stream(), server.journal().entries().stream())
                    .sorted(Comparator.comparing(JournalEntry::time))
                    .toList())
        .orElse(ofSecrets);
  }

  @Override
  public void close() {
    site.close();
    kek.ifPresent(KekServer::close);
  }
}
