package dev.enclave.azure.internal.detect;

import dev.enclave.kit.setup.PlaceDetector;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.detection.MetadataProbe;
import java.util.Optional;

/**
 * A virtual machine of Azure: by DMI, else by the instance metadata service. The vendor alone says
 * Hyper-V, which runs anywhere.
 */
public final class AzureVmDetector extends PlaceDetector {

  /** "MSFT AZURE VM" in decimal; the same on every machine, as cloud-init knows it. */
  private static final String ASSET_TAG = "7783-7084-3265-9085-8269-3286-77";

  public AzureVmDetector() {
    super("azure-vm", Kind.CLOUD_VM);
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    return environment.dmi("chassis_asset_tag").orElse("").equals(ASSET_TAG)
        ? Detection.present("DMI chassis_asset_tag is Azure's")
        : new Detection.Absent("DMI does not name Azure");
  }

  @Override
  public Optional<MetadataProbe> probe(EnvironmentSnapshot environment) {
    return Optional.of(new AzureProbe());
  }
}
