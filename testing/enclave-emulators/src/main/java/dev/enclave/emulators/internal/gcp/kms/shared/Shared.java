package dev.enclave.emulators.internal.gcp.kms.shared;

import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.rpc.Code;
import dev.enclave.emulators.internal.gcp.attestation.Hsm;
import dev.enclave.emulators.internal.gcp.common.Call;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import dev.enclave.emulators.internal.gcp.kms.model.Key;
import dev.enclave.emulators.internal.gcp.kms.model.Kind;
import dev.enclave.emulators.internal.gcp.kms.model.Resources;
import dev.enclave.emulators.internal.gcp.kms.model.Ring;
import dev.enclave.emulators.internal.gcp.kms.model.SingleTenantHsms;
import dev.enclave.emulators.internal.gcp.kms.model.Version;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/** What all operations use: one project's resources and how the service behaves. */
public final class Shared {

  /** The name of the service whose operations these are. */
  public static final String SERVICE = "google.cloud.kms.v1.KeyManagementService";

  /**
   * How the service behaves.
   *
   * @param project its id
   * @param locations where it is
   * @param generationTime how long asymmetric keys are pending
   * @param lag how late disabling and a new primary version take effect
   * @param mostItems the most items of a page
   * @param singleTenantHsms the instances of single-tenant Cloud HSM
   * @param disableBeforeDestroy whether only a disabled version can be destroyed, by
   *     constraints/cloudkms.disableBeforeDestroy
   */
  public record Settings(
      String project,
      Set<String> locations,
      Duration generationTime,
      Duration lag,
      int mostItems,
      SingleTenantHsms singleTenantHsms,
      boolean disableBeforeDestroy) {}

  private final Resources resources = new Resources();
  private final Settings settings;
  private final SecureRandom random;
  private final VersionFactory versionFactory;
  private final Rotation rotation;

  /** Without any key ring. */
  public Shared(Settings settings, SecureRandom random, Hsm hsm) {
    this.settings = settings;
    this.random = random;
    versionFactory = new VersionFactory(settings, random, hsm);
    rotation = new Rotation(versionFactory);
  }

  /** Adds a key ring, unless it is there. */
  public void addKeyRing(String name, Instant now) {
    Kind.KEY_RING.check("key ring", name);
    resources.rings().putIfAbsent(name, new Ring(name, now));
  }

  public Resources resources() {
    return resources;
  }

  public Settings settings() {
    return settings;
  }

  public SecureRandom random() {
    return random;
  }

  public Rotation rotation() {
    return rotation;
  }

  public VersionFactory versionFactory() {
    return versionFactory;
  }

  /** A location of the project, in a request's field. */
  public String location(String field, String name) {
    Kind.LOCATION.check(field, name);
    return name;
  }

  /** The key of a caller who may. */
  public Key key(Call call, String field, String name, String permission) {
    Kind.CRYPTO_KEY.check(field, name);
    call.require(permission, name);
    return key(call, name);
  }

  /** The key, with the versions that it has by now. */
  private Key key(Call call, String name) {
    Key key = resources.key(name);
    rotation.catchUp(key, call.now());
    return key;
  }

  /** The key version of a caller who may. */
  public Version version(Call call, String name, String permission) {
    Kind.CRYPTO_KEY_VERSION.check("name", name);
    call.require(permission, name);
    resources.keyOf(name).ifPresent(key -> rotation.catchUp(key, call.now()));
    return resources.version(name);
  }

  /**
   * resources.proto, CryptoKeyPurpose: "only be used for the operations allowed by its purpose".
   */
  public static void requirePurpose(Version version, CryptoKeyPurpose purpose) {
    if (version.algorithm().purpose() != purpose) {
      throw GcpFailure.of(
          Code.FAILED_PRECONDITION,
          version.name()
              + " has purpose "
              + version.algorithm().purpose()
              + "; this operation needs "
              + purpose
              + ".");
    }
  }
}
