package dev.enclave.gcp.campaign;

import dev.enclave.campaign.StartCampaign;

class StartTest extends StartCampaign {

  StartTest() {
    super(new GcpUnderTest());
  }
}
