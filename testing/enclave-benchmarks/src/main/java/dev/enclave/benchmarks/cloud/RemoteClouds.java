package dev.enclave.benchmarks.cloud;

import dev.enclave.benchmarks.rival.RemoteCloud;
import java.util.List;

/** The clouds that are measured, in the table's order. */
public final class RemoteClouds {

  public static final List<RemoteCloud> ALL =
      List.of(new AwsCloud(), new AzureCloud(), new GcpCloud());

  private RemoteClouds() {}

  public static RemoteCloud of(String id) {
    return ALL.stream()
        .filter(cloud -> cloud.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("No cloud is called " + id + "."));
  }
}
