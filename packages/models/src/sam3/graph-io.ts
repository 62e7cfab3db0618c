// Names of the inputs and outputs of SAM3's graphs, as docs/model-packs.md has them.
export const IO = {
  pixels: 'pixel_values',
  features: ['fpn_0', 'fpn_1', 'fpn_2'],
  trackFeatures: ['track_0', 'track_1', 'track_2'],
  inputIds: 'input_ids',
  attentionMask: 'attention_mask',
  textFeatures: 'text_features',
  textMask: 'text_mask',
  boxes: 'boxes',
  boxLabels: 'box_labels',
  promptBoxes: 'pred_boxes',
  promptScores: 'pred_scores',
  promptMasks: 'pred_masks',
  points: 'points',
  pointLabels: 'point_labels',
  hintMasks: 'masks',
  hintScores: 'iou_scores',
} as const
