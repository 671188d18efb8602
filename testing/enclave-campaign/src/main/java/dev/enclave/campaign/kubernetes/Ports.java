package dev.enclave.campaign.kubernetes;

import dev.enclave.emulators.internal.listening.HeldPort;
import java.io.IOException;

/**
 * The ports of one API server and its etcd, kept for them as long as it is not closed, so that
 * nobody else gets one before a program listens on it, or while the program is interrupted.
 *
 * @param server of the API server
 * @param etcd of etcd, for its clients
 * @param peers of etcd, for other members, of which there are none
 */
record Ports(HeldPort server, HeldPort etcd, HeldPort peers) implements AutoCloseable {

  static Ports free() throws IOException {
    return new Ports(
        HeldPort.free(ApiServer.HOST),
        HeldPort.free(ApiServer.HOST),
        HeldPort.free(ApiServer.HOST));
  }

  @Override
  public void close() throws IOException {
    server.close();
    etcd.close();
    peers.close();
  }
}
