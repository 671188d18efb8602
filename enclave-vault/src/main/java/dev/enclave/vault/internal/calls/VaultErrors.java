package dev.enclave.vault.internal.calls;

import dev.enclave.kit.ErrorRule;
import dev.enclave.kit.ErrorTable;
import java.util.List;

/**
 * What the errors of Vault and OpenBao mean: by the status, and where one status stands for several
 * things by fixed parts of the text, since their API has no codes. Nothing of a text is shown,
 * which may quote the request. A text that is not known leaves the meaning of the status.
 */
final class VaultErrors {

  private static final ErrorTable TABLE =
      ErrorTable.of(
          """
          SEALED transient UNAVAILABLE
            Unseal it (vault operator unseal, bao operator unseal), or find out why it does not
            unseal itself.
          NO_LEADER transient UNAVAILABLE
            The cluster has no active node. Look at its storage and at the logs of its nodes.
          SERVICE ambiguous UNAVAILABLE: 5xx
            The server, its storage, its audit device or what stands before it failed. Look at its
            log.
          NOT_INITIALISED permanent MISCONFIGURED: 501
            Initialise it (vault operator init, bao operator init), or correct
            enclave.vault.address.
          STANDBY transient UNAVAILABLE: 472 473
            This node does not serve such requests. Name the address of the cluster's active node,
            or of a load balancer that finds it, in enclave.vault.address.
          REDIRECT ambiguous UNAVAILABLE: 3xx
            A standby could not forward the request to the active node, and named its address
            instead. Enclave follows no redirect, since the token would go to a host that no setting
            names. Look at the cluster's address (cluster_addr), or name a load balancer that finds
            the active node in enclave.vault.address.
          THROTTLE throttled THROTTLED: 429
            A rate limit or a lease count quota of the server is reached. Send less, or raise the
            quota (sys/quotas).
          NOT_REPLICATED transient UNAVAILABLE: 412
            This node has not seen yet what was written before. That passes in a moment.
          LAG passing NOT_FOUND
            This node has not seen the version yet, which passes in a moment, or there is none of
            that number: check the version.
          CAS permanent CONFLICT
            Somebody wrote it meanwhile. Read it anew.
          EXISTS permanent ALREADY_EXISTS
            Use what is there, or take another name.
          STATE permanent INVALID_STATE
            The key's minimum versions, its deletion, or its permission to be deleted forbid it.
            Read the key, and change that first.
          DAMAGED permanent CORRUPT
            It was not made by this key, or was changed since.
          NOT_FOUND permanent NOT_FOUND: 404
            Check the name and the mount.
          NO_MOUNT permanent MISCONFIGURED
            No secrets engine is mounted there. Enable it (vault secrets enable, bao secrets
            enable), or correct enclave.vault.transit-mount, enclave.vault.kv-mount,
            enclave.vault.auth-mount or enclave.vault.namespace.
          NO_NAMESPACE permanent MISCONFIGURED
            Create the namespace, or correct enclave.vault.namespace.
          LOCKED permanent ACCESS_DENIED
            Unlock the namespace (vault namespace unlock, bao namespace unlock).
          DENIED permanent ACCESS_DENIED: 403
            enclave doctor --iam prints what is enough. The token of an Agent may have ended: look at
            the Agent.
          DENIED_NEW passing ACCESS_DENIED
            enclave doctor --iam prints what is enough. The token of an Agent may have ended: look at
            the Agent.
          METHOD permanent UNSUPPORTED: 405
            This server does not know the request. A newer Vault or OpenBao may.
          TOO_LONG permanent LIMIT_EXCEEDED: 413
            It is too long for the server or for what stands before it.
          BAD permanent REJECTED: 400 4xx
            Look at the server's audit log, which names the request and the reason.
          STRANGER permanent REJECTED: other none
            Something else than Vault or OpenBao answers there. Look at what stands before it.
          """);

  /** So the core says it, of itself or of a namespace. */
  static final String SEALED = "is sealed";

  private static final int THROTTLED = 429;

  static final ErrorRule DENIED = TABLE.rule("DENIED");
  static final ErrorRule DENIED_NEW = TABLE.rule("DENIED_NEW");

  /**
   * Parts of texts, each of which has one meaning; the first that is found counts. Those of the
   * core, of the key-value store, and of Transit, which answers some of them by 500.
   */
  private static final List<Meaning> TEXTS =
      """
      SEALED: is sealed
      NO_LEADER: no active Vault instance found
      NO_LEADER: active cluster node not found
      NO_LEADER: node is not active
      NO_MOUNT: no handler for route
      NO_NAMESPACE: namespace not found
      LOCKED: locked by an administrator
      CAS: check-and-set parameter did not match
      LAG: higher than the latest key version
      NOT_FOUND: no existing key named
      NOT_FOUND: key not found
      NOT_FOUND: could not delete key; not found
      STATE: less than the minimum encryption key version
      STATE: disallowed by policy (too old)
      STATE: soft-deleted
      STATE: does not allow rotation
      STATE: deletion is not allowed
      EXISTS: cannot be used with an existing key
      DAMAGED: message authentication failed
      DAMAGED: invalid ciphertext
      """
          .lines()
          .map(row -> row.split(": ", 2))
          .map(row -> new Meaning(TABLE.rule(row[0]), row[1]))
          .toList();

  private VaultErrors() {}

  /**
   * What an answer means.
   *
   * @param said the part of its text by which that is known; empty where the status tells alone
   */
  record Meaning(ErrorRule rule, String said) {}

  /**
   * The meaning of an answer that is no success.
   *
   * @param ours whether it has the form of one of Vault's; what stands before it says 404 too
   */
  static Meaning of(int status, boolean ours, List<?> errors) {
    return status / 100 == 4 && status != THROTTLED && !ours
        ? new Meaning(TABLE.rule("STRANGER"), "")
        : TEXTS.stream()
            .filter(known -> errors.stream().anyMatch(e -> e.toString().contains(known.said())))
            .findFirst()
            .orElseGet(() -> new Meaning(TABLE.of(status), ""));
  }
}
