package dev.enclave.aws.internal.detect;

import dev.enclave.kit.setup.PlaceDetector;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.detection.MetadataProbe;
import java.util.Optional;

/**
 * A virtual machine of EC2: by DMI (Nitro, Xen), else by the instance metadata service, version 2
 * alone.
 */
public final class AwsVmDetector extends PlaceDetector {

  public AwsVmDetector() {
    super("aws-vm", Kind.CLOUD_VM);
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    if (environment.dmi("sys_vendor").orElse("").equals("Amazon EC2")) {
      return Detection.present("DMI sys_vendor is Amazon EC2");
    }
    // Xen instances: the vendor is Xen, the firmware's version ends in .amazon.
    if (environment.dmi("bios_version").orElse("").endsWith(".amazon")) {
      return Detection.present("DMI bios_version ends in .amazon");
    }
    return new Detection.Absent("DMI does not name Amazon EC2");
  }

  @Override
  public Optional<MetadataProbe> probe(EnvironmentSnapshot environment) {
    // The SDKs' own switch.
    return isTrue(environment, "AWS_EC2_METADATA_DISABLED")
        ? Optional.empty()
        : Optional.of(new Ec2Probe());
  }
}
