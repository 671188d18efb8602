package dev.enclave.gcp.campaign;

import dev.enclave.campaign.WireLogsCampaign;
import java.util.Set;
import org.junit.jupiter.api.Tag;

@Tag("full")
final class WireLogsTest extends WireLogsCampaign {

  WireLogsTest() {
    super(new GcpUnderTest());
  }

  @Override
  protected Set<String> revealing() {
    return Set.of("io.grpc.netty.shaded.io.grpc.netty.NettyClientHandler");
  }

  @Override
  protected Set<String> revealingWithoutSlf4j() {
    return Set.of("io.grpc.netty.shaded.io.grpc.netty.NettyClientHandler");
  }
}
