package dev.enclave.gcp.campaign;

import dev.enclave.campaign.RacersCampaign;

class RacersTest extends RacersCampaign {

  RacersTest() {
    super(new GcpUnderTest());
  }
}
