package dev.enclave.emulators;

import dev.enclave.emulators.internal.vault.sys.Flavour;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Settings of a {@link VaultServer}.
 *
 * <p>What lags by {@link #eventualConsistency} is what a standby sees when it answers reads itself;
 * the active node sees everything at once.
 */
public final class VaultServerBuilder extends CloudServerBuilder<VaultServerBuilder> {

  Flavour flavour = Flavour.OPENBAO;
  Optional<String> version = Optional.empty();
  Optional<Boolean> standbyReads = Optional.empty();
  String sealType = "shamir";
  String clusterName = "vault-cluster-emulator";
  String rootToken = "s.emulatedRootToken";
  String transitMount = "transit/";
  String kvMount = "secret/";
  final List<String> namespaces = new ArrayList<>(List.of(""));

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

  /** A namespace, such as {@code a/b}, which has the same mounts as the root namespace. */
  public VaultServerBuilder namespace(String name) {
    namespaces.add(slashed(name));
    return this;
  }

  private static String slashed(String path) {
    return path.endsWith("/") ? path : path + "/";
  }

  @Override
  public VaultServer start() {
    return new VaultServer(this);
  }
}
