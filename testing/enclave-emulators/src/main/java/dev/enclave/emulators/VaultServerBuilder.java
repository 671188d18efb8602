package dev.enclave.emulators;

import dev.enclave.emulators.internal.crypto.Curve;
import dev.enclave.emulators.internal.crypto.EcMaterial;
import dev.enclave.emulators.internal.crypto.SigningMaterial;
import dev.enclave.emulators.internal.vault.sys.Flavour;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Settings of a {@link VaultServer}.
 *
 * <p>What lags by {@link #eventualConsistency} is what a standby sees when it answers reads itself;
 * the active node sees everything at once.
 *
 * <p>Besides what every service can do wrong, a Vault answers with {@code another-key}'s signature,
 * MAC, ciphertext or public keys, a {@code flipped-bit}, {@code another-version} or {@code
 * another-name} than it was asked for, or {@code another-verdict} about a signature.
 *
 * <p>The principal of a {@link Denial} is a token's display name, such as {@code approle} or {@code
 * token}, the action a capability, such as {@code update}, and the resource a path, such as {@code
 * transit/sign/NAME}.
 */
public final class VaultServerBuilder extends CloudServerBuilder<VaultServerBuilder> {

  Flavour flavour = Flavour.OPENBAO;
  Optional<String> version = Optional.empty();
  Optional<Integer> requestQuota = Optional.empty();
  Optional<Boolean> standbyReads = Optional.empty();
  String sealType = "shamir";
  String clusterName = "vault-cluster-emulator";
  String rootToken = "s.emulatedRootToken";
  String transitMount = "transit/";
  String kvMount = "secret/";
  final Map<String, SigningMaterial> managedKeys = new HashMap<>();
  final List<String> namespaces = new ArrayList<>(List.of(""));
  Duration standardLease = Duration.ofHours(768);
  Duration longestLease = Duration.ofHours(768);
  Optional<Predicate<String>> tokenReviewer = Optional.empty();
  final List<Consumer<VaultGrants>> grants = new ArrayList<>();

  VaultServerBuilder() {
    super(Integer.MAX_VALUE);
  }

  @Override
  VaultServerBuilder self() {
    return this;
  }

  /** OpenBao, the default. */
  public VaultServerBuilder openBao() {
    flavour = Flavour.OPENBAO;
    return this;
  }

  /** HashiCorp Vault without a licence: standbys forward everything. */
  public VaultServerBuilder vault() {
    flavour = Flavour.VAULT;
    return this;
  }

  /**
   * HashiCorp Vault Enterprise: performance standbys that answer reads, {@code X-Vault-Index} and
   * managed keys.
   */
  public VaultServerBuilder vaultEnterprise() {
    flavour = Flavour.VAULT_ENTERPRISE;
    return this;
  }

  /** The version that the server says it is; by default one of the flavour's. */
  public VaultServerBuilder version(String newVersion) {
    version = Optional.of(newVersion);
    return this;
  }

  /**
   * Lets standbys forward reads too, as {@code disable_standby_reads} does; by default those of
   * OpenBao and Vault Enterprise answer reads themselves.
   */
  public VaultServerBuilder noStandbyReads() {
    standbyReads = Optional.of(false);
    return this;
  }

  /**
   * What seals the storage, such as {@code shamir}, {@code pkcs11}, {@code awskms}, {@code
   * azurekeyvault} or {@code gcpckms}; by default {@code shamir}.
   */
  public VaultServerBuilder sealType(String type) {
    sealType = Objects.requireNonNull(type);
    return this;
  }

  /** The name of the cluster; by default our own. */
  public VaultServerBuilder clusterName(String name) {
    clusterName = Objects.requireNonNull(name);
    return this;
  }

  /** The root token; by default our own. */
  public VaultServerBuilder rootToken(String token) {
    rootToken = Objects.requireNonNull(token);
    return this;
  }

  /** Where the transit engine is mounted; by default {@code transit}. */
  public VaultServerBuilder transitMount(String path) {
    transitMount = slashed(path);
    return this;
  }

  /** Where the key/value engine of version 2 is mounted; by default {@code secret}. */
  public VaultServerBuilder kvMount(String path) {
    kvMount = slashed(path);
    return this;
  }

  /**
   * A rate limit quota of all paths: so many requests in a second of the server's clock; those over
   * it are answered with 429. By default there is none.
   */
  public VaultServerBuilder requestQuota(int requestsPerSecond) {
    requestQuota = Optional.of(requestsPerSecond);
    return this;
  }

  /** A namespace, such as {@code a/b}, which has the same mounts as the root namespace. */
  public VaultServerBuilder namespace(String name) {
    namespaces.add(slashed(name));
    return this;
  }

  /** A policy of the root namespace, in HCL. */
  public VaultServerBuilder policy(String name, String hcl) {
    return policy("", name, hcl);
  }

  /** A policy of a namespace, in HCL. */
  public VaultServerBuilder policy(String namespace, String name, String hcl) {
    grants.add(all -> all.setPolicy(namespace, name, hcl));
    return this;
  }

  /**
   * How long tokens live unless something else is said, and how long they may live; by default 768
   * hours both.
   */
  public VaultServerBuilder leases(Duration standard, Duration longest) {
    standardLease = Objects.requireNonNull(standard);
    longestLease = Objects.requireNonNull(longest);
    return this;
  }

  /**
   * An auth method of the root namespace: {@code approle}, {@code kubernetes} or {@code jwt}. More
   * can be done as with a real server, by {@code sys/auth} and the methods' own paths.
   *
   * @param path such as {@code kubernetes-prod}, below {@code auth/}
   * @param config the parameters of its configuration in the HTTP API; empty for none
   */
  public VaultServerBuilder auth(String path, String type, Map<String, ?> config) {
    grants.add(all -> all.enable(path, type, config));
    return this;
  }

  /**
   * A role of an auth method.
   *
   * @param path of the method, which is added before
   * @param parameters of the role in the HTTP API, such as {@code token_policies}
   */
  public VaultServerBuilder authRole(String path, String role, Map<String, ?> parameters) {
    grants.add(all -> all.writeRole(path, role, parameters));
    return this;
  }

  /** A role of the AppRole method at {@code auth/approle}. */
  public VaultServerBuilder appRole(String role, Map<String, ?> parameters) {
    return auth("approle", "approle", Map.of()).authRole("approle", role, parameters);
  }

  /** A role of the Kubernetes method at {@code auth/kubernetes}; see {@link #tokenReviewer}. */
  public VaultServerBuilder kubernetesRole(String role, Map<String, ?> parameters) {
    return auth("kubernetes", "kubernetes", Map.of()).authRole("kubernetes", role, parameters);
  }

  /**
   * Says whether a service account's token is valid, in place of an API server's TokenReview.
   * Without one, only methods that are configured with {@code pem_keys} take tokens.
   */
  public VaultServerBuilder tokenReviewer(Predicate<String> reviewer) {
    tokenReviewer = Optional.of(reviewer);
    return this;
  }

  /**
   * A managed key of Vault Enterprise: a P-256 pair of an HSM, which keys of the type {@code
   * managed_key} name as their {@code managed_key_name}.
   */
  public VaultServerBuilder managedKey(String name) {
    managedKeys.put(name, EcMaterial.generate(Curve.P_256, random));
    return this;
  }

  static String slashed(String path) {
    return path.endsWith("/") ? path : path + "/";
  }

  @Override
  public VaultServer start() {
    if (!managedKeys.isEmpty() && flavour != Flavour.VAULT_ENTERPRISE) {
      throw new IllegalStateException("Only Vault Enterprise has managed keys. Choose it.");
    }
    return new VaultServer(this);
  }
}
