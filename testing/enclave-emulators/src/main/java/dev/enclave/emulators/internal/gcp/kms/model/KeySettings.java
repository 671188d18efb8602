package dev.enclave.emulators.internal.gcp.kms.model;

import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import com.google.cloud.kms.v1.CryptoKeyVersionTemplate;
import com.google.cloud.kms.v1.ProtectionLevel;
import com.google.rpc.Code;
import dev.enclave.emulators.internal.gcp.common.Call;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import java.time.Duration;
import java.util.Map;

/** The rules for what a key may be told to be (resources.proto, CryptoKey). */
public final class KeySettings {

  private static final Duration SHORTEST_ROTATION = Duration.ofDays(1);
  private static final Duration LONGEST_ROTATION = Duration.ofDays(36_500);
  // "Create a key", Set the duration of the scheduled for destruction state: 24 hours to 120 days,
  // 30 days by default.
  private static final Duration SHORTEST_DESTRUCTION = Duration.ofDays(1);
  private static final Duration LONGEST_DESTRUCTION = Duration.ofDays(120);
  private static final Duration DEFAULT_DESTRUCTION = Duration.ofDays(30);

  private KeySettings() {}

  /** A new key as it will be answered, without its name. */
  public static CryptoKey.Builder checkNew(
      CryptoKey asked, boolean skipsVersion, SingleTenantHsms hsms, Call call) {
    CryptoKeyPurpose purpose = asked.getPurpose();
    if (purpose == CryptoKeyPurpose.CRYPTO_KEY_PURPOSE_UNSPECIFIED
        || purpose == CryptoKeyPurpose.UNRECOGNIZED) {
      throw GcpFailure.invalid("The crypto_key.purpose field must be specified.");
    }
    requireServed(purpose);
    if (asked.getImportOnly() && !skipsVersion) {
      throw GcpFailure.invalid(
          "An import_only key must be created with skip_initial_version_creation.");
    }
    CryptoKey.Builder settings =
        CryptoKey.newBuilder()
            .setPurpose(purpose)
            .setCreateTime(Times.of(call.now()))
            .setVersionTemplate(template(asked.getVersionTemplate(), purpose))
            .putAllLabels(Labels.check(asked.getLabelsMap()))
            .setImportOnly(asked.getImportOnly())
            .setDestroyScheduledDuration(destruction(asked));
    settings.setCryptoKeyBackend(hsms.backend(asked, settings.getVersionTemplate()));
    copyRotation(asked, settings);
    checkRotation(settings, call);
    return settings;
  }

  private static void requireServed(CryptoKeyPurpose purpose) {
    switch (purpose) {
      case ENCRYPT_DECRYPT, ASYMMETRIC_SIGN, ASYMMETRIC_DECRYPT, AES_WRAPPING -> {}
      default ->
          throw GcpFailure.of(Code.UNIMPLEMENTED, "Purpose " + purpose + " is not served here.");
    }
  }

  /** resources.proto, CryptoKeyVersionTemplate: the defaults of both fields. */
  public static CryptoKeyVersionTemplate template(
      CryptoKeyVersionTemplate asked, CryptoKeyPurpose purpose) {
    ProtectionLevel level =
        asked.getProtectionLevel() == ProtectionLevel.PROTECTION_LEVEL_UNSPECIFIED
            ? ProtectionLevel.SOFTWARE
            : asked.getProtectionLevel();
    CryptoKeyVersionAlgorithm wanted = asked.getAlgorithm();
    if (wanted == CryptoKeyVersionAlgorithm.CRYPTO_KEY_VERSION_ALGORITHM_UNSPECIFIED) {
      if (purpose != CryptoKeyPurpose.ENCRYPT_DECRYPT) {
        throw GcpFailure.invalid("The version_template.algorithm field must be specified.");
      }
      wanted = CryptoKeyVersionAlgorithm.GOOGLE_SYMMETRIC_ENCRYPTION;
    }
    algorithm(wanted, purpose, level);
    return CryptoKeyVersionTemplate.newBuilder()
        .setProtectionLevel(level)
        .setAlgorithm(wanted)
        .build();
  }

  /** "Key purposes and algorithms": which belong together. */
  public static Algorithm algorithm(
      CryptoKeyVersionAlgorithm wanted, CryptoKeyPurpose purpose, ProtectionLevel level) {
    switch (level) {
      case SOFTWARE, HSM, HSM_SINGLE_TENANT -> {}
      default ->
          throw GcpFailure.of(
              Code.UNIMPLEMENTED, "Protection level " + level + " is not served here.");
    }
    Algorithm algorithm =
        Algorithm.of(wanted)
            .orElseThrow(
                () ->
                    GcpFailure.of(
                        Code.UNIMPLEMENTED, "Algorithm " + wanted + " is not served here."));
    if (algorithm.purpose() != purpose) {
      throw GcpFailure.invalid(
          "Algorithm " + wanted + " cannot be used with purpose " + purpose + ".");
    }
    if (!algorithm.availableAt(level)) {
      // Text, reason and metadata as gcloud printed them in July 2026 for EC_SIGN_ED25519 and HSM.
      throw GcpFailure.of(
          Code.INVALID_ARGUMENT,
          "Algorithm " + wanted + " is not supported for protection level: " + level,
          GcpFailure.info(
              "ALGORITHM_NOT_SUPPORTED_FOR_PROTECTION_LEVEL",
              Map.of("algorithm", wanted.name(), "protection_level", level.name())));
    }
    return algorithm;
  }

  private static com.google.protobuf.Duration destruction(CryptoKey asked) {
    if (!asked.hasDestroyScheduledDuration()) {
      return Times.of(DEFAULT_DESTRUCTION);
    }
    Duration duration = Times.of(asked.getDestroyScheduledDuration());
    if (duration.compareTo(SHORTEST_DESTRUCTION) < 0
        || duration.compareTo(LONGEST_DESTRUCTION) > 0) {
      throw GcpFailure.invalid(
          "The destroy_scheduled_duration field must be between 24 hours and 120 days.");
    }
    return asked.getDestroyScheduledDuration();
  }

  /** Takes next_rotation_time and rotation_period as {@code from} has them. */
  static void copyRotation(CryptoKey from, CryptoKey.Builder to) {
    if (from.hasNextRotationTime()) {
      to.setNextRotationTime(from.getNextRotationTime());
    } else {
      to.clearNextRotationTime();
    }
    if (from.hasRotationPeriod()) {
      to.setRotationPeriod(from.getRotationPeriod());
    } else {
      to.clearRotationPeriod();
    }
  }

  /** resources.proto, CryptoKey.next_rotation_time and rotation_period. */
  public static void checkRotation(CryptoKey.Builder settings, Call call) {
    boolean rotates = settings.hasNextRotationTime() || settings.hasRotationPeriod();
    if (rotates && settings.getPurpose() != CryptoKeyPurpose.ENCRYPT_DECRYPT) {
      throw GcpFailure.invalid(
          "Automatic rotation is only supported for keys with purpose ENCRYPT_DECRYPT.");
    }
    if (settings.hasRotationPeriod()) {
      Duration period = Times.of(settings.getRotationPeriod());
      if (period.compareTo(SHORTEST_ROTATION) < 0 || period.compareTo(LONGEST_ROTATION) > 0) {
        throw GcpFailure.invalid(
            "The rotation_period field must be between 24 hours and 876000 hours.");
      }
      if (!settings.hasNextRotationTime()) {
        throw GcpFailure.invalid(
            "The next_rotation_time field must be set when rotation_period is set.");
      }
    }
    if (settings.hasNextRotationTime()
        && !Times.of(settings.getNextRotationTime()).isAfter(call.now())) {
      throw GcpFailure.invalid("The next_rotation_time field must be in the future.");
    }
  }
}
