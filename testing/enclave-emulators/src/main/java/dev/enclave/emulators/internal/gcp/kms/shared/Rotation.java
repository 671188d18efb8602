package dev.enclave.emulators.internal.gcp.kms.shared;

import com.google.cloud.kms.v1.CryptoKey;
import dev.enclave.emulators.internal.gcp.kms.model.Key;
import dev.enclave.emulators.internal.gcp.kms.model.Kind;
import dev.enclave.emulators.internal.gcp.kms.model.Times;
import dev.enclave.emulators.internal.gcp.kms.model.Version;
import java.time.Duration;
import java.time.Instant;

/**
 * resources.proto, CryptoKey.next_rotation_time: "Create a new version", "Mark the new version as
 * primary"; rotation_period: "next_rotation_time will be advanced by this period". It happens here
 * when somebody next asks for the key.
 */
public final class Rotation {

  private final VersionFactory versions;

  Rotation(VersionFactory versions) {
    this.versions = versions;
  }

  /** Makes up for what is due. */
  public void catchUp(Key key, Instant now) {
    if (!due(key.settings(), now)) {
      return;
    }
    synchronized (key) {
      for (CryptoKey settings = key.settings(); due(settings, now); settings = key.settings()) {
        Instant when = Times.of(settings.getNextRotationTime());
        Version version = versions.add(key, when);
        key.primary(Integer.parseInt(Kind.idOf(version.name())), when);
        key.settings(advanced(settings, when));
      }
    }
  }

  private static boolean due(CryptoKey settings, Instant now) {
    return settings.hasNextRotationTime()
        && !now.isBefore(Times.of(settings.getNextRotationTime()));
  }

  private static CryptoKey advanced(CryptoKey settings, Instant when) {
    if (!settings.hasRotationPeriod()) {
      return settings.toBuilder().clearNextRotationTime().build();
    }
    Duration period = Times.of(settings.getRotationPeriod());
    return settings.toBuilder().setNextRotationTime(Times.of(when.plus(period))).build();
  }
}
