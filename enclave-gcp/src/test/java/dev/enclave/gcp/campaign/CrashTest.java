package dev.enclave.gcp.campaign;

import dev.enclave.campaign.CrashCampaign;

class CrashTest extends CrashCampaign {

  CrashTest() {
    super(new GcpUnderTest());
  }
}
