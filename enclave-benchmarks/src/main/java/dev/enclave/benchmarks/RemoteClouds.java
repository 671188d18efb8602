package dev.enclave.benchmarks;

import java.util.List;

/** The clouds that are measured, in the table's order. */
final class RemoteClouds {

  static final List<RemoteCloud> ALL = List.of(new AwsCloud(), new AzureCloud(), new GcpCloud());

  private RemoteClouds() {}

  static RemoteCloud of(String id) {
    return ALL.stream()
        .filter(cloud -> cloud.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("No cloud is called " + id + "."));
  }
}
