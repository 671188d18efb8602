package dev.enclave.emulators.internal.vault;

import dev.enclave.emulators.internal.vault.common.VaultFailure;
import dev.enclave.emulators.internal.vault.sys.Cluster;
import dev.enclave.emulators.internal.vault.sys.Cluster.Node;
import dev.enclave.emulators.internal.vault.sys.Flavour;
import dev.enclave.emulators.wire.ServiceRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a client may ask of a node that is behind: {@code X-Vault-Index} names a write that it must
 * have seen, {@code X-Vault-Inconsistent} what to do otherwise. Of Vault Enterprise (documentation,
 * "Vault eventual consistency"), and of OpenBao from 2.7 on ({@code internal/http/index.go}).
 */
final class Consistency {

  private static final String INDEX = "X-Vault-Index";
  private static final String INCONSISTENT = "X-Vault-Inconsistent";
  private static final String FORWARD = "forward-active-node";
  private static final List<String> BEHAVIOURS = List.of("fail", FORWARD, "await-state");

  private final Cluster cluster;
  private final Node node;

  Consistency(Cluster cluster, Node node) {
    this.cluster = cluster;
    this.node = node;
  }

  /**
   * Whether the request is to be forwarded, because the node is behind and the client wants that. A
   * node that should wait for the state answers at once as it does when the time is over.
   *
   * @throws VaultFailure if the node is behind and must not answer
   */
  boolean forwards(ServiceRequest request) {
    if (!cluster.settings().indexes()) {
      return false;
    }
    List<String> behaviours = request.headerValues(INCONSISTENT);
    if (behaviours.stream().anyMatch(each -> !BEHAVIOURS.contains(each))) {
      throw VaultFailure.invalid("unknown value for \"" + INCONSISTENT + "\" header");
    }
    boolean behind =
        request.headerValues(INDEX).stream()
            .map(this::indexOf)
            .anyMatch(
                index ->
                    index.isPresent()
                        && !cluster.hasApplied(node, index.getAsLong(), request.time()));
    if (!behind) {
      return false;
    }
    if (behaviours.contains(FORWARD)) {
      return true;
    }
    throw openBao()
        ? VaultFailure.retry(1)
        : VaultFailure.ofCore(412, "required index state not present");
  }

  private boolean openBao() {
    return cluster.settings().flavour() == Flavour.OPENBAO;
  }

  /** The index of a header; empty for one of another cluster. */
  private OptionalLong indexOf(String header) {
    try {
      String text =
          openBao()
              ? header
              : new String(Base64.getDecoder().decode(header), StandardCharsets.US_ASCII);
      String[] fields = text.split(":", -1);
      int cluster = openBao() ? 0 : 1;
      return fields[cluster].equals(this.cluster.settings().id())
          ? OptionalLong.of(Long.parseLong(fields[cluster + 1]))
          : OptionalLong.empty();
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      return OptionalLong.empty();
    }
  }

  /**
   * What an answer to a write says. OpenBao: cluster and index. Vault: in base64 a version,
   * cluster, local and replicated index; its signature, which clients do not look at, is left
   * empty.
   */
  Optional<String> index() {
    if (!cluster.settings().indexes()) {
      return Optional.empty();
    }
    String index = cluster.settings().id() + ":" + cluster.index();
    return Optional.of(
        openBao()
            ? index
            : Base64.getEncoder()
                .encodeToString(("v1:" + index + ":0:").getBytes(StandardCharsets.US_ASCII)));
  }
}
