// Settings of NvDCF, the tracker that follows by correlation filters: those that follow from the pack and the rate, the
// rest as NVIDIA ships them for its accuracy profile.

export interface NvdcfConfigOptions {
  /** Confidence that starts a track, and the weakest that continues one: the pack's. */
  thresholds: { track: number; low: number }
  /** Frames a second that are looked at. */
  detectFps: number
  sources: number
}

/** Seconds that an object may be hidden and is still itself, as in our own tracker. */
const HIDDEN_MAX_S = 2
/** Frames in which a new object must be seen before it is one. */
const PROBATION_FRAMES = 2
const TARGETS_PER_SOURCE_MAX = 150

type Settings = Readonly<Record<string, Readonly<Record<string, number>>>>

export function nvdcfSettings({ thresholds, detectFps }: NvdcfConfigOptions): Settings {
  return {
    BaseConfig: { minDetectorConfidence: thresholds.low },
    TargetManagement: {
      enableBboxUnClipping: 1,
      maxTargetsPerStream: TARGETS_PER_SOURCE_MAX,
      minIouDiff4NewTarget: 0.5,
      minTrackerConfidence: 0.2,
      probationAge: PROBATION_FRAMES,
      maxShadowTrackingAge: Math.max(1, Math.round(HIDDEN_MAX_S * detectFps)),
      earlyTerminationAge: 1,
    },
    TrajectoryManagement: { useUniqueID: 0 },
    DataAssociator: {
      dataAssociatorType: 0,
      associationMatcherType: 1,
      checkClassMatch: 1,
      minMatchingScore4Overall: 0.1,
      minMatchingScore4SizeSimilarity: 0.2,
      minMatchingScore4Iou: 0.1,
      minMatchingScore4VisualSimilarity: 0.2,
      matchingScoreWeight4VisualSimilarity: 0.4,
      matchingScoreWeight4SizeSimilarity: 0.3,
      matchingScoreWeight4Iou: 0.3,
      tentativeDetectorConfidence: thresholds.track,
      minMatchingScore4TentativeIou: 0.3,
    },
    StateEstimator: { stateEstimatorType: 1, processNoiseVar4Loc: 2, processNoiseVar4Size: 1 },
    VisualTracker: {
      visualTrackerType: 1,
      useColorNames: 1,
      useHog: 0,
      featureImgSizeLevel: 2,
      featureFocusOffsetFactor_y: -0.2,
      filterLr: 0.075,
      filterChannelWeightsLr: 0.1,
      gaussianSigma: 0.75,
    },
  }
}

/** The file of `ll-config-file`. */
export function nvdcfConfig(options: NvdcfConfigOptions): string {
  const groups = Object.entries(nvdcfSettings(options)).map(([group, settings]) => {
    const lines = Object.entries(settings).map(([name, value]) => `  ${name}: ${value}`)
    return `${group}:\n${lines.join('\n')}\n`
  })
  return `%YAML:1.0\n${groups.join('\n')}`
}
