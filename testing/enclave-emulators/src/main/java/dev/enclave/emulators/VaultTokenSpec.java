package dev.enclave.emulators;

import java.time.Duration;
import java.util.List;

/**
 * A token that a test wants of a {@link VaultServer}. Immutable.
 *
 * @param namespace such as {@code a/b}; empty for the root namespace
 * @param policies that it has, besides {@code default}
 * @param ttl how long it lives until it is renewed; zero for the server's standard
 * @param explicitMaxTtl how long it lives however often it is renewed; zero for the server's
 *     longest
 * @param period which each renewal gives anew; zero for none
 * @param uses how often it can be used; 0 for any number
 * @param renewable whether it can be renewed
 */
public record VaultTokenSpec(
    String namespace,
    List<String> policies,
    Duration ttl,
    Duration explicitMaxTtl,
    Duration period,
    int uses,
    boolean renewable) {

  public VaultTokenSpec {
    policies = List.copyOf(policies);
  }

  /** A renewable token of the root namespace with these policies, and the server's times. */
  public static VaultTokenSpec of(String... policies) {
    return new VaultTokenSpec(
        "", List.of(policies), Duration.ZERO, Duration.ZERO, Duration.ZERO, 0, true);
  }

  /** The same in a namespace. */
  public VaultTokenSpec in(String newNamespace) {
    return new VaultTokenSpec(newNamespace, policies, ttl, explicitMaxTtl, period, uses, renewable);
  }

  /** The same that lives so long. */
  public VaultTokenSpec ttl(Duration newTtl) {
    return new VaultTokenSpec(namespace, policies, newTtl, explicitMaxTtl, period, uses, renewable);
  }

  /** The same that is not renewed beyond this. */
  public VaultTokenSpec explicitMaxTtl(Duration longest) {
    return new VaultTokenSpec(namespace, policies, ttl, longest, period, uses, renewable);
  }

  /** The same with a period. */
  public VaultTokenSpec period(Duration newPeriod) {
    return new VaultTokenSpec(namespace, policies, ttl, explicitMaxTtl, newPeriod, uses, renewable);
  }

  /** The same with so many uses. */
  public VaultTokenSpec uses(int most) {
    return new VaultTokenSpec(namespace, policies, ttl, explicitMaxTtl, period, most, renewable);
  }

  /** The same that cannot be renewed. */
  public VaultTokenSpec notRenewable() {
    return new VaultTokenSpec(namespace, policies, ttl, explicitMaxTtl, period, uses, false);
  }
}
