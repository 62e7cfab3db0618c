// Generated from the headers of TensorRT by generate-bases.ts.
#pragma once
#include <cstdio>
#include <cstdlib>
#include "NvInfer.h"
#include "NvOnnxParser.h"
[[noreturn]] inline void unexpected(const char* what) {
  std::fprintf(stderr, "the simulator has no %s\n", what);
  std::abort();
}
namespace simulator {
using namespace nvinfer1;
class VRuntimeBase : public nvinfer1::apiv::VRuntime {
 public:
  IRuntime* getPImpl() noexcept override { unexpected("VRuntime: IRuntime* getPImpl()"); }
  nvinfer1::ICudaEngine* deserializeCudaEngine(void const* blob, std::size_t size) noexcept override { unexpected("VRuntime: nvinfer1::ICudaEngine* deserializeCudaEngine(void const* blob, std::size_t size)"); }
  nvinfer1::ICudaEngine* deserializeCudaEngine(IStreamReader& streamReader) noexcept override { unexpected("VRuntime: nvinfer1::ICudaEngine* deserializeCudaEngine(IStreamReader& streamReader)"); }
  void setDLACore(int32_t dlaCore) noexcept override { unexpected("VRuntime: void setDLACore(int32_t dlaCore)"); }
  int32_t getDLACore() const noexcept override { unexpected("VRuntime: int32_t getDLACore()"); }
  int32_t getNbDLACores() const noexcept override { unexpected("VRuntime: int32_t getNbDLACores()"); }
  void setGpuAllocator(IGpuAllocator* allocator) noexcept override { unexpected("VRuntime: void setGpuAllocator(IGpuAllocator* allocator)"); }
  void setErrorRecorder(IErrorRecorder* recorder) noexcept override { unexpected("VRuntime: void setErrorRecorder(IErrorRecorder* recorder)"); }
  IErrorRecorder* getErrorRecorder() const noexcept override { unexpected("VRuntime: IErrorRecorder* getErrorRecorder()"); }
  ILogger* getLogger() const noexcept override { unexpected("VRuntime: ILogger* getLogger()"); }
  bool setMaxThreads(int32_t maxThreads) noexcept override { unexpected("VRuntime: bool setMaxThreads(int32_t maxThreads)"); }
  int32_t getMaxThreads() const noexcept override { unexpected("VRuntime: int32_t getMaxThreads()"); }
  void setTemporaryDirectory(char const*) noexcept override { unexpected("VRuntime: void setTemporaryDirectory(char const*)"); }
  char const* getTemporaryDirectory() const noexcept override { unexpected("VRuntime: char const* getTemporaryDirectory()"); }
  void setTempfileControlFlags(TempfileControlFlags) noexcept override { unexpected("VRuntime: void setTempfileControlFlags(TempfileControlFlags)"); }
  TempfileControlFlags getTempfileControlFlags() const noexcept override { unexpected("VRuntime: TempfileControlFlags getTempfileControlFlags()"); }
  IPluginRegistry& getPluginRegistry() noexcept override { unexpected("VRuntime: IPluginRegistry& getPluginRegistry()"); }
  void setPluginRegistryParent(IPluginRegistry* parent) noexcept override { unexpected("VRuntime: void setPluginRegistryParent(IPluginRegistry* parent)"); }
  IRuntime* loadRuntime(char const* path) noexcept override { unexpected("VRuntime: IRuntime* loadRuntime(char const* path)"); }
  void setEngineHostCodeAllowed(bool allowed) noexcept override { unexpected("VRuntime: void setEngineHostCodeAllowed(bool allowed)"); }
  bool getEngineHostCodeAllowed() const noexcept override { unexpected("VRuntime: bool getEngineHostCodeAllowed()"); }
};

class VCudaEngineBase : public nvinfer1::apiv::VCudaEngine {
 public:
  ICudaEngine* getPImpl() noexcept override { unexpected("VCudaEngine: ICudaEngine* getPImpl()"); }
  int32_t getNbLayers() const noexcept override { unexpected("VCudaEngine: int32_t getNbLayers()"); }
  IHostMemory* serialize() const noexcept override { unexpected("VCudaEngine: IHostMemory* serialize()"); }
  IExecutionContext* createExecutionContext(ExecutionContextAllocationStrategy strategy) noexcept override { unexpected("VCudaEngine: IExecutionContext* createExecutionContext(ExecutionContextAllocationStrategy strategy)"); }
  IExecutionContext* createExecutionContextWithoutDeviceMemory() noexcept override { unexpected("VCudaEngine: IExecutionContext* createExecutionContextWithoutDeviceMemory()"); }
  size_t getDeviceMemorySize() const noexcept override { unexpected("VCudaEngine: size_t getDeviceMemorySize()"); }
  bool isRefittable() const noexcept override { unexpected("VCudaEngine: bool isRefittable()"); }
  char const* getName() const noexcept override { unexpected("VCudaEngine: char const* getName()"); }
  int32_t getNbOptimizationProfiles() const noexcept override { unexpected("VCudaEngine: int32_t getNbOptimizationProfiles()"); }
  int32_t const* getProfileTensorValues( char const* tensorName, int32_t profileIndex, OptProfileSelector select) const noexcept override { unexpected("VCudaEngine: int32_t const* getProfileTensorValues( char const* tensorName, int32_t profileIndex, OptProfileSelector select)"); }
  EngineCapability getEngineCapability() const noexcept override { unexpected("VCudaEngine: EngineCapability getEngineCapability()"); }
  void setErrorRecorder(IErrorRecorder* recorder) noexcept override { unexpected("VCudaEngine: void setErrorRecorder(IErrorRecorder* recorder)"); }
  IErrorRecorder* getErrorRecorder() const noexcept override { unexpected("VCudaEngine: IErrorRecorder* getErrorRecorder()"); }
  bool hasImplicitBatchDimension() const noexcept override { unexpected("VCudaEngine: bool hasImplicitBatchDimension()"); }
  TacticSources getTacticSources() const noexcept override { unexpected("VCudaEngine: TacticSources getTacticSources()"); }
  ProfilingVerbosity getProfilingVerbosity() const noexcept override { unexpected("VCudaEngine: ProfilingVerbosity getProfilingVerbosity()"); }
  IEngineInspector* createEngineInspector() const noexcept override { unexpected("VCudaEngine: IEngineInspector* createEngineInspector()"); }
  Dims getTensorShape(char const* tensorName) const noexcept override { unexpected("VCudaEngine: Dims getTensorShape(char const* tensorName)"); }
  DataType getTensorDataType(char const* tensorName) const noexcept override { unexpected("VCudaEngine: DataType getTensorDataType(char const* tensorName)"); }
  TensorLocation getTensorLocation(char const* tensorName) const noexcept override { unexpected("VCudaEngine: TensorLocation getTensorLocation(char const* tensorName)"); }
  bool isShapeInferenceIO(char const* tensorName) const noexcept override { unexpected("VCudaEngine: bool isShapeInferenceIO(char const* tensorName)"); }
  TensorIOMode getTensorIOMode(char const* tensorName) const noexcept override { unexpected("VCudaEngine: TensorIOMode getTensorIOMode(char const* tensorName)"); }
  int32_t getTensorBytesPerComponent(char const* tensorName) const noexcept override { unexpected("VCudaEngine: int32_t getTensorBytesPerComponent(char const* tensorName)"); }
  int32_t getTensorComponentsPerElement(char const* tensorName) const noexcept override { unexpected("VCudaEngine: int32_t getTensorComponentsPerElement(char const* tensorName)"); }
  TensorFormat getTensorFormat(char const* tensorName) const noexcept override { unexpected("VCudaEngine: TensorFormat getTensorFormat(char const* tensorName)"); }
  char const* getTensorFormatDesc(char const* tensorName) const noexcept override { unexpected("VCudaEngine: char const* getTensorFormatDesc(char const* tensorName)"); }
  int32_t getTensorVectorizedDim(char const* tensorName) const noexcept override { unexpected("VCudaEngine: int32_t getTensorVectorizedDim(char const* tensorName)"); }
  Dims getProfileShape( char const* tensorName, int32_t profileIndex, OptProfileSelector select) const noexcept override { unexpected("VCudaEngine: Dims getProfileShape( char const* tensorName, int32_t profileIndex, OptProfileSelector select)"); }
  int32_t getNbIOTensors() const noexcept override { unexpected("VCudaEngine: int32_t getNbIOTensors()"); }
  char const* getIOTensorName(int32_t index) const noexcept override { unexpected("VCudaEngine: char const* getIOTensorName(int32_t index)"); }
  HardwareCompatibilityLevel getHardwareCompatibilityLevel() const noexcept override { unexpected("VCudaEngine: HardwareCompatibilityLevel getHardwareCompatibilityLevel()"); }
  int32_t getNbAuxStreams() const noexcept override { unexpected("VCudaEngine: int32_t getNbAuxStreams()"); }
  int32_t getTensorBytesPerComponentV2(char const* tensorName, int32_t profileIndex) const noexcept override { unexpected("VCudaEngine: int32_t getTensorBytesPerComponentV2(char const* tensorName, int32_t profileIndex)"); }
  int32_t getTensorComponentsPerElementV2(char const* tensorName, int32_t profileIndex) const noexcept override { unexpected("VCudaEngine: int32_t getTensorComponentsPerElementV2(char const* tensorName, int32_t profileIndex)"); }
  TensorFormat getTensorFormatV2(char const* tensorName, int32_t profileIndex) const noexcept override { unexpected("VCudaEngine: TensorFormat getTensorFormatV2(char const* tensorName, int32_t profileIndex)"); }
  char const* getTensorFormatDescV2(char const* tensorName, int32_t profileIndex) const noexcept override { unexpected("VCudaEngine: char const* getTensorFormatDescV2(char const* tensorName, int32_t profileIndex)"); }
  int32_t getTensorVectorizedDimV2(char const* tensorName, int32_t profileIndex) const noexcept override { unexpected("VCudaEngine: int32_t getTensorVectorizedDimV2(char const* tensorName, int32_t profileIndex)"); }
  ISerializationConfig* createSerializationConfig() noexcept override { unexpected("VCudaEngine: ISerializationConfig* createSerializationConfig()"); }
  IHostMemory* serializeWithConfig(ISerializationConfig& config) const noexcept override { unexpected("VCudaEngine: IHostMemory* serializeWithConfig(ISerializationConfig& config)"); }
  size_t getDeviceMemorySizeForProfile(int32_t profileIndex) const noexcept override { unexpected("VCudaEngine: size_t getDeviceMemorySizeForProfile(int32_t profileIndex)"); }
  IRefitter* createRefitter(ILogger& logger) noexcept override { unexpected("VCudaEngine: IRefitter* createRefitter(ILogger& logger)"); }
  bool setWeightStreamingBudget(int64_t gpuMemoryBudget) noexcept override { unexpected("VCudaEngine: bool setWeightStreamingBudget(int64_t gpuMemoryBudget)"); }
  int64_t getWeightStreamingBudget() const noexcept override { unexpected("VCudaEngine: int64_t getWeightStreamingBudget()"); }
  int64_t getMinimumWeightStreamingBudget() const noexcept override { unexpected("VCudaEngine: int64_t getMinimumWeightStreamingBudget()"); }
  int64_t getStreamableWeightsSize() const noexcept override { unexpected("VCudaEngine: int64_t getStreamableWeightsSize()"); }
  bool isDebugTensor(char const* name) const noexcept override { unexpected("VCudaEngine: bool isDebugTensor(char const* name)"); }
  bool setWeightStreamingBudgetV2(int64_t gpuMemoryBudget) noexcept override { unexpected("VCudaEngine: bool setWeightStreamingBudgetV2(int64_t gpuMemoryBudget)"); }
  int64_t getWeightStreamingBudgetV2() const noexcept override { unexpected("VCudaEngine: int64_t getWeightStreamingBudgetV2()"); }
  int64_t getWeightStreamingAutomaticBudget() const noexcept override { unexpected("VCudaEngine: int64_t getWeightStreamingAutomaticBudget()"); }
  int64_t getWeightStreamingScratchMemorySize() const noexcept override { unexpected("VCudaEngine: int64_t getWeightStreamingScratchMemorySize()"); }
  int64_t getDeviceMemorySizeV2() const noexcept override { unexpected("VCudaEngine: int64_t getDeviceMemorySizeV2()"); }
  int64_t getDeviceMemorySizeForProfileV2(int32_t profileIndex) const noexcept override { unexpected("VCudaEngine: int64_t getDeviceMemorySizeForProfileV2(int32_t profileIndex)"); }
};

class VExecutionContextBase : public nvinfer1::apiv::VExecutionContext {
 public:
  IExecutionContext* getPImpl() noexcept override { unexpected("VExecutionContext: IExecutionContext* getPImpl()"); }
  void setDebugSync(bool sync) noexcept override { unexpected("VExecutionContext: void setDebugSync(bool sync)"); }
  bool getDebugSync() const noexcept override { unexpected("VExecutionContext: bool getDebugSync()"); }
  void setProfiler(IProfiler*) noexcept override { unexpected("VExecutionContext: void setProfiler(IProfiler*)"); }
  IProfiler* getProfiler() const noexcept override { unexpected("VExecutionContext: IProfiler* getProfiler()"); }
  ICudaEngine const& getEngine() const noexcept override { unexpected("VExecutionContext: ICudaEngine const& getEngine()"); }
  void setName(char const* name) noexcept override { unexpected("VExecutionContext: void setName(char const* name)"); }
  char const* getName() const noexcept override { unexpected("VExecutionContext: char const* getName()"); }
  void setDeviceMemory(void* memory) noexcept override { unexpected("VExecutionContext: void setDeviceMemory(void* memory)"); }
  int32_t getOptimizationProfile() const noexcept override { unexpected("VExecutionContext: int32_t getOptimizationProfile()"); }
  bool allInputDimensionsSpecified() const noexcept override { unexpected("VExecutionContext: bool allInputDimensionsSpecified()"); }
  bool allInputShapesSpecified() const noexcept override { unexpected("VExecutionContext: bool allInputShapesSpecified()"); }
  void setErrorRecorder(IErrorRecorder* recorder) noexcept override { unexpected("VExecutionContext: void setErrorRecorder(IErrorRecorder* recorder)"); }
  IErrorRecorder* getErrorRecorder() const noexcept override { unexpected("VExecutionContext: IErrorRecorder* getErrorRecorder()"); }
  bool executeV2(void* const* bindings) noexcept override { unexpected("VExecutionContext: bool executeV2(void* const* bindings)"); }
  bool setOptimizationProfileAsync(int32_t profileIndex, cudaStream_t stream) noexcept override { unexpected("VExecutionContext: bool setOptimizationProfileAsync(int32_t profileIndex, cudaStream_t stream)"); }
  void setEnqueueEmitsProfile(bool enqueueEmitsProfile) noexcept override { unexpected("VExecutionContext: void setEnqueueEmitsProfile(bool enqueueEmitsProfile)"); }
  bool getEnqueueEmitsProfile() const noexcept override { unexpected("VExecutionContext: bool getEnqueueEmitsProfile()"); }
  bool reportToProfiler() const noexcept override { unexpected("VExecutionContext: bool reportToProfiler()"); }
  bool setInputShape(char const* tensorName, Dims const& dims) noexcept override { unexpected("VExecutionContext: bool setInputShape(char const* tensorName, Dims const& dims)"); }
  Dims getTensorShape(char const* tensorName) const noexcept override { unexpected("VExecutionContext: Dims getTensorShape(char const* tensorName)"); }
  Dims getTensorStrides(char const* tensorName) const noexcept override { unexpected("VExecutionContext: Dims getTensorStrides(char const* tensorName)"); }
  bool setTensorAddress(char const* tensorName, void* data) noexcept override { unexpected("VExecutionContext: bool setTensorAddress(char const* tensorName, void* data)"); }
  void const* getTensorAddress(char const* tensorName) const noexcept override { unexpected("VExecutionContext: void const* getTensorAddress(char const* tensorName)"); }
  bool setInputTensorAddress(char const* tensorName, void const* data) noexcept override { unexpected("VExecutionContext: bool setInputTensorAddress(char const* tensorName, void const* data)"); }
  bool setOutputTensorAddress(char const* tensorName, void* data) noexcept override { unexpected("VExecutionContext: bool setOutputTensorAddress(char const* tensorName, void* data)"); }
  int32_t inferShapes(int32_t nbMaxNames, char const** tensorNames) noexcept override { unexpected("VExecutionContext: int32_t inferShapes(int32_t nbMaxNames, char const** tensorNames)"); }
  bool setInputConsumedEvent(cudaEvent_t event) noexcept override { unexpected("VExecutionContext: bool setInputConsumedEvent(cudaEvent_t event)"); }
  cudaEvent_t getInputConsumedEvent() const noexcept override { unexpected("VExecutionContext: cudaEvent_t getInputConsumedEvent()"); }
  void* getOutputTensorAddress(char const* tensorName) const noexcept override { unexpected("VExecutionContext: void* getOutputTensorAddress(char const* tensorName)"); }
  bool setOutputAllocator(char const* tensorName, IOutputAllocator* outputAllocator) noexcept override { unexpected("VExecutionContext: bool setOutputAllocator(char const* tensorName, IOutputAllocator* outputAllocator)"); }
  IOutputAllocator* getOutputAllocator(char const* name) noexcept override { unexpected("VExecutionContext: IOutputAllocator* getOutputAllocator(char const* name)"); }
  int64_t getMaxOutputSize(char const* tensorName) const noexcept override { unexpected("VExecutionContext: int64_t getMaxOutputSize(char const* tensorName)"); }
  bool setTemporaryStorageAllocator(IGpuAllocator* allocator) noexcept override { unexpected("VExecutionContext: bool setTemporaryStorageAllocator(IGpuAllocator* allocator)"); }
  IGpuAllocator* getTemporaryStorageAllocator() const noexcept override { unexpected("VExecutionContext: IGpuAllocator* getTemporaryStorageAllocator()"); }
  bool enqueueV3(cudaStream_t stream) noexcept override { unexpected("VExecutionContext: bool enqueueV3(cudaStream_t stream)"); }
  void setPersistentCacheLimit(size_t size) noexcept override { unexpected("VExecutionContext: void setPersistentCacheLimit(size_t size)"); }
  size_t getPersistentCacheLimit() const noexcept override { unexpected("VExecutionContext: size_t getPersistentCacheLimit()"); }
  bool setNvtxVerbosity(ProfilingVerbosity verbosity) noexcept override { unexpected("VExecutionContext: bool setNvtxVerbosity(ProfilingVerbosity verbosity)"); }
  ProfilingVerbosity getNvtxVerbosity() const noexcept override { unexpected("VExecutionContext: ProfilingVerbosity getNvtxVerbosity()"); }
  void setAuxStreams(cudaStream_t* auxStreams, int32_t nbStreams) noexcept override { unexpected("VExecutionContext: void setAuxStreams(cudaStream_t* auxStreams, int32_t nbStreams)"); }
  bool setDebugListener(IDebugListener* listener) noexcept override { unexpected("VExecutionContext: bool setDebugListener(IDebugListener* listener)"); }
  IDebugListener* getDebugListener() noexcept override { unexpected("VExecutionContext: IDebugListener* getDebugListener()"); }
  bool setTensorDebugState(char const* name, bool flag) noexcept override { unexpected("VExecutionContext: bool setTensorDebugState(char const* name, bool flag)"); }
  bool getDebugState(char const* name) const noexcept override { unexpected("VExecutionContext: bool getDebugState(char const* name)"); }
  bool setAllTensorsDebugState(bool flag) noexcept override { unexpected("VExecutionContext: bool setAllTensorsDebugState(bool flag)"); }
  size_t updateDeviceMemorySizeForShapes() noexcept override { unexpected("VExecutionContext: size_t updateDeviceMemorySizeForShapes()"); }
  void setDeviceMemoryV2(void* memory, int64_t size) noexcept override { unexpected("VExecutionContext: void setDeviceMemoryV2(void* memory, int64_t size)"); }
};

class VEngineInspectorBase : public nvinfer1::apiv::VEngineInspector {
 public:
  IEngineInspector* getPImpl() noexcept override { unexpected("VEngineInspector: IEngineInspector* getPImpl()"); }
  bool setExecutionContext(IExecutionContext const* context) noexcept override { unexpected("VEngineInspector: bool setExecutionContext(IExecutionContext const* context)"); }
  IExecutionContext const* getExecutionContext() const noexcept override { unexpected("VEngineInspector: IExecutionContext const* getExecutionContext()"); }
  char const* getLayerInformation(int32_t layerIndex, LayerInformationFormat format) const noexcept override { unexpected("VEngineInspector: char const* getLayerInformation(int32_t layerIndex, LayerInformationFormat format)"); }
  char const* getEngineInformation(LayerInformationFormat format) const noexcept override { unexpected("VEngineInspector: char const* getEngineInformation(LayerInformationFormat format)"); }
  void setErrorRecorder(IErrorRecorder* recorder) noexcept override { unexpected("VEngineInspector: void setErrorRecorder(IErrorRecorder* recorder)"); }
  IErrorRecorder* getErrorRecorder() const noexcept override { unexpected("VEngineInspector: IErrorRecorder* getErrorRecorder()"); }
};

class VHostMemoryBase : public nvinfer1::apiv::VHostMemory {
 public:
  void* data() const noexcept override { unexpected("VHostMemory: void* data()"); }
  std::size_t size() const noexcept override { unexpected("VHostMemory: std::size_t size()"); }
  DataType type() const noexcept override { unexpected("VHostMemory: DataType type()"); }
};

class VBuilderBase : public nvinfer1::apiv::VBuilder {
 public:
  bool platformHasFastFp16() const noexcept override { unexpected("VBuilder: bool platformHasFastFp16()"); }
  bool platformHasFastInt8() const noexcept override { unexpected("VBuilder: bool platformHasFastInt8()"); }
  int32_t getMaxDLABatchSize() const noexcept override { unexpected("VBuilder: int32_t getMaxDLABatchSize()"); }
  int32_t getNbDLACores() const noexcept override { unexpected("VBuilder: int32_t getNbDLACores()"); }
  void setGpuAllocator(IGpuAllocator* allocator) noexcept override { unexpected("VBuilder: void setGpuAllocator(IGpuAllocator* allocator)"); }
  nvinfer1::IBuilderConfig* createBuilderConfig() noexcept override { unexpected("VBuilder: nvinfer1::IBuilderConfig* createBuilderConfig()"); }
  nvinfer1::INetworkDefinition* createNetworkV2(NetworkDefinitionCreationFlags flags) noexcept override { unexpected("VBuilder: nvinfer1::INetworkDefinition* createNetworkV2(NetworkDefinitionCreationFlags flags)"); }
  nvinfer1::IOptimizationProfile* createOptimizationProfile() noexcept override { unexpected("VBuilder: nvinfer1::IOptimizationProfile* createOptimizationProfile()"); }
  void setErrorRecorder(IErrorRecorder* recorder) noexcept override { unexpected("VBuilder: void setErrorRecorder(IErrorRecorder* recorder)"); }
  IErrorRecorder* getErrorRecorder() const noexcept override { unexpected("VBuilder: IErrorRecorder* getErrorRecorder()"); }
  void reset() noexcept override { unexpected("VBuilder: void reset()"); }
  bool platformHasTf32() const noexcept override { unexpected("VBuilder: bool platformHasTf32()"); }
  nvinfer1::IHostMemory* buildSerializedNetwork(INetworkDefinition& network, IBuilderConfig& config) noexcept override { unexpected("VBuilder: nvinfer1::IHostMemory* buildSerializedNetwork(INetworkDefinition& network, IBuilderConfig& config)"); }
  bool isNetworkSupported(INetworkDefinition const& network, IBuilderConfig const& config) const noexcept override { unexpected("VBuilder: bool isNetworkSupported(INetworkDefinition const& network, IBuilderConfig const& config)"); }
  ILogger* getLogger() const noexcept override { unexpected("VBuilder: ILogger* getLogger()"); }
  bool setMaxThreads(int32_t maxThreads) noexcept override { unexpected("VBuilder: bool setMaxThreads(int32_t maxThreads)"); }
  int32_t getMaxThreads() const noexcept override { unexpected("VBuilder: int32_t getMaxThreads()"); }
  IPluginRegistry& getPluginRegistry() noexcept override { unexpected("VBuilder: IPluginRegistry& getPluginRegistry()"); }
};

class VBuilderConfigBase : public nvinfer1::apiv::VBuilderConfig {
 public:
  void setAvgTimingIterations(int32_t avgTiming) noexcept override { unexpected("VBuilderConfig: void setAvgTimingIterations(int32_t avgTiming)"); }
  int32_t getAvgTimingIterations() const noexcept override { unexpected("VBuilderConfig: int32_t getAvgTimingIterations()"); }
  void setEngineCapability(EngineCapability capability) noexcept override { unexpected("VBuilderConfig: void setEngineCapability(EngineCapability capability)"); }
  EngineCapability getEngineCapability() const noexcept override { unexpected("VBuilderConfig: EngineCapability getEngineCapability()"); }
  void setInt8Calibrator(IInt8Calibrator* calibrator) noexcept override { unexpected("VBuilderConfig: void setInt8Calibrator(IInt8Calibrator* calibrator)"); }
  IInt8Calibrator* getInt8Calibrator() const noexcept override { unexpected("VBuilderConfig: IInt8Calibrator* getInt8Calibrator()"); }
  void setFlags(BuilderFlags builderFlags) noexcept override { unexpected("VBuilderConfig: void setFlags(BuilderFlags builderFlags)"); }
  BuilderFlags getFlags() const noexcept override { unexpected("VBuilderConfig: BuilderFlags getFlags()"); }
  void clearFlag(BuilderFlag builderFlag) noexcept override { unexpected("VBuilderConfig: void clearFlag(BuilderFlag builderFlag)"); }
  void setFlag(BuilderFlag builderFlag) noexcept override { unexpected("VBuilderConfig: void setFlag(BuilderFlag builderFlag)"); }
  bool getFlag(BuilderFlag builderFlag) const noexcept override { unexpected("VBuilderConfig: bool getFlag(BuilderFlag builderFlag)"); }
  void setDeviceType(ILayer const* layer, DeviceType deviceType) noexcept override { unexpected("VBuilderConfig: void setDeviceType(ILayer const* layer, DeviceType deviceType)"); }
  DeviceType getDeviceType(ILayer const* layer) const noexcept override { unexpected("VBuilderConfig: DeviceType getDeviceType(ILayer const* layer)"); }
  bool isDeviceTypeSet(ILayer const* layer) const noexcept override { unexpected("VBuilderConfig: bool isDeviceTypeSet(ILayer const* layer)"); }
  void resetDeviceType(ILayer const* layer) noexcept override { unexpected("VBuilderConfig: void resetDeviceType(ILayer const* layer)"); }
  bool canRunOnDLA(ILayer const* layer) const noexcept override { unexpected("VBuilderConfig: bool canRunOnDLA(ILayer const* layer)"); }
  void setDLACore(int32_t dlaCore) noexcept override { unexpected("VBuilderConfig: void setDLACore(int32_t dlaCore)"); }
  int32_t getDLACore() const noexcept override { unexpected("VBuilderConfig: int32_t getDLACore()"); }
  void setDefaultDeviceType(DeviceType deviceType) noexcept override { unexpected("VBuilderConfig: void setDefaultDeviceType(DeviceType deviceType)"); }
  DeviceType getDefaultDeviceType() const noexcept override { unexpected("VBuilderConfig: DeviceType getDefaultDeviceType()"); }
  void reset() noexcept override { unexpected("VBuilderConfig: void reset()"); }
  void setProfileStream(const cudaStream_t stream) noexcept override { unexpected("VBuilderConfig: void setProfileStream(const cudaStream_t stream)"); }
  cudaStream_t getProfileStream() const noexcept override { unexpected("VBuilderConfig: cudaStream_t getProfileStream()"); }
  int32_t addOptimizationProfile(IOptimizationProfile const* profile) noexcept override { unexpected("VBuilderConfig: int32_t addOptimizationProfile(IOptimizationProfile const* profile)"); }
  int32_t getNbOptimizationProfiles() const noexcept override { unexpected("VBuilderConfig: int32_t getNbOptimizationProfiles()"); }
  void setProfilingVerbosity(ProfilingVerbosity verbosity) noexcept override { unexpected("VBuilderConfig: void setProfilingVerbosity(ProfilingVerbosity verbosity)"); }
  ProfilingVerbosity getProfilingVerbosity() const noexcept override { unexpected("VBuilderConfig: ProfilingVerbosity getProfilingVerbosity()"); }
  void setAlgorithmSelector(IAlgorithmSelector* selector) noexcept override { unexpected("VBuilderConfig: void setAlgorithmSelector(IAlgorithmSelector* selector)"); }
  IAlgorithmSelector* getAlgorithmSelector() const noexcept override { unexpected("VBuilderConfig: IAlgorithmSelector* getAlgorithmSelector()"); }
  bool setCalibrationProfile(IOptimizationProfile const* profile) noexcept override { unexpected("VBuilderConfig: bool setCalibrationProfile(IOptimizationProfile const* profile)"); }
  IOptimizationProfile const* getCalibrationProfile() noexcept override { unexpected("VBuilderConfig: IOptimizationProfile const* getCalibrationProfile()"); }
  void setQuantizationFlags(QuantizationFlags flags) noexcept override { unexpected("VBuilderConfig: void setQuantizationFlags(QuantizationFlags flags)"); }
  QuantizationFlags getQuantizationFlags() const noexcept override { unexpected("VBuilderConfig: QuantizationFlags getQuantizationFlags()"); }
  void clearQuantizationFlag(QuantizationFlag flag) noexcept override { unexpected("VBuilderConfig: void clearQuantizationFlag(QuantizationFlag flag)"); }
  void setQuantizationFlag(QuantizationFlag flag) noexcept override { unexpected("VBuilderConfig: void setQuantizationFlag(QuantizationFlag flag)"); }
  bool getQuantizationFlag(QuantizationFlag flag) const noexcept override { unexpected("VBuilderConfig: bool getQuantizationFlag(QuantizationFlag flag)"); }
  bool setTacticSources(TacticSources tacticSources) noexcept override { unexpected("VBuilderConfig: bool setTacticSources(TacticSources tacticSources)"); }
  TacticSources getTacticSources() const noexcept override { unexpected("VBuilderConfig: TacticSources getTacticSources()"); }
  nvinfer1::ITimingCache* createTimingCache(void const* blob, std::size_t size) const noexcept override { unexpected("VBuilderConfig: nvinfer1::ITimingCache* createTimingCache(void const* blob, std::size_t size)"); }
  bool setTimingCache(ITimingCache const& cache, bool ignoreMismatch) noexcept override { unexpected("VBuilderConfig: bool setTimingCache(ITimingCache const& cache, bool ignoreMismatch)"); }
  nvinfer1::ITimingCache const* getTimingCache() const noexcept override { unexpected("VBuilderConfig: nvinfer1::ITimingCache const* getTimingCache()"); }
  void setMemoryPoolLimit(MemoryPoolType pool, std::size_t poolSize) noexcept override { unexpected("VBuilderConfig: void setMemoryPoolLimit(MemoryPoolType pool, std::size_t poolSize)"); }
  std::size_t getMemoryPoolLimit(MemoryPoolType pool) const noexcept override { unexpected("VBuilderConfig: std::size_t getMemoryPoolLimit(MemoryPoolType pool)"); }
  void setPreviewFeature(PreviewFeature feature, bool enable) noexcept override { unexpected("VBuilderConfig: void setPreviewFeature(PreviewFeature feature, bool enable)"); }
  bool getPreviewFeature(PreviewFeature feature) const noexcept override { unexpected("VBuilderConfig: bool getPreviewFeature(PreviewFeature feature)"); }
  void setBuilderOptimizationLevel(int32_t level) noexcept override { unexpected("VBuilderConfig: void setBuilderOptimizationLevel(int32_t level)"); }
  int32_t getBuilderOptimizationLevel() const noexcept override { unexpected("VBuilderConfig: int32_t getBuilderOptimizationLevel()"); }
  void setHardwareCompatibilityLevel(HardwareCompatibilityLevel hardwareCompatibilityLevel) noexcept override { unexpected("VBuilderConfig: void setHardwareCompatibilityLevel(HardwareCompatibilityLevel hardwareCompatibilityLevel)"); }
  HardwareCompatibilityLevel getHardwareCompatibilityLevel() const noexcept override { unexpected("VBuilderConfig: HardwareCompatibilityLevel getHardwareCompatibilityLevel()"); }
  void setPluginsToSerialize(char const* const* paths, int32_t nbPaths) noexcept override { unexpected("VBuilderConfig: void setPluginsToSerialize(char const* const* paths, int32_t nbPaths)"); }
  char const* getPluginToSerialize(int32_t index) const noexcept override { unexpected("VBuilderConfig: char const* getPluginToSerialize(int32_t index)"); }
  int32_t getNbPluginsToSerialize() const noexcept override { unexpected("VBuilderConfig: int32_t getNbPluginsToSerialize()"); }
  void setMaxAuxStreams(int32_t nbStreams) noexcept override { unexpected("VBuilderConfig: void setMaxAuxStreams(int32_t nbStreams)"); }
  int32_t getMaxAuxStreams() const noexcept override { unexpected("VBuilderConfig: int32_t getMaxAuxStreams()"); }
  void setProgressMonitor(IProgressMonitor* monitor) noexcept override { unexpected("VBuilderConfig: void setProgressMonitor(IProgressMonitor* monitor)"); }
  IProgressMonitor* getProgressMonitor() const noexcept override { unexpected("VBuilderConfig: IProgressMonitor* getProgressMonitor()"); }
  void setRuntimePlatform(RuntimePlatform runtimePlatform) noexcept override { unexpected("VBuilderConfig: void setRuntimePlatform(RuntimePlatform runtimePlatform)"); }
  RuntimePlatform getRuntimePlatform() const noexcept override { unexpected("VBuilderConfig: RuntimePlatform getRuntimePlatform()"); }
};

class VNetworkDefinitionBase : public nvinfer1::apiv::VNetworkDefinition {
 public:
  ITensor* addInput(char const* name, DataType type, Dims const& dimensions) noexcept override { unexpected("VNetworkDefinition: ITensor* addInput(char const* name, DataType type, Dims const& dimensions)"); }
  void markOutput(ITensor& tensor) noexcept override { unexpected("VNetworkDefinition: void markOutput(ITensor& tensor)"); }
  IActivationLayer* addActivation(ITensor& input, ActivationType type) noexcept override { unexpected("VNetworkDefinition: IActivationLayer* addActivation(ITensor& input, ActivationType type)"); }
  ILRNLayer* addLRN(ITensor& input, int64_t window, float alpha, float beta, float k) noexcept override { unexpected("VNetworkDefinition: ILRNLayer* addLRN(ITensor& input, int64_t window, float alpha, float beta, float k)"); }
  IScaleLayer* addScale( ITensor& input, ScaleMode mode, Weights shift, Weights scale, Weights power) noexcept override { unexpected("VNetworkDefinition: IScaleLayer* addScale( ITensor& input, ScaleMode mode, Weights shift, Weights scale, Weights power)"); }
  ISoftMaxLayer* addSoftMax(ITensor& input) noexcept override { unexpected("VNetworkDefinition: ISoftMaxLayer* addSoftMax(ITensor& input)"); }
  IConcatenationLayer* addConcatenation(ITensor* const* inputs, int32_t nbInputs) noexcept override { unexpected("VNetworkDefinition: IConcatenationLayer* addConcatenation(ITensor* const* inputs, int32_t nbInputs)"); }
  IElementWiseLayer* addElementWise(ITensor& input1, ITensor& input2, ElementWiseOperation op) noexcept override { unexpected("VNetworkDefinition: IElementWiseLayer* addElementWise(ITensor& input1, ITensor& input2, ElementWiseOperation op)"); }
  IUnaryLayer* addUnary(ITensor& input, UnaryOperation operation) noexcept override { unexpected("VNetworkDefinition: IUnaryLayer* addUnary(ITensor& input, UnaryOperation operation)"); }
  IShuffleLayer* addShuffle(ITensor& input) noexcept override { unexpected("VNetworkDefinition: IShuffleLayer* addShuffle(ITensor& input)"); }
  int32_t getNbLayers() const noexcept override { unexpected("VNetworkDefinition: int32_t getNbLayers()"); }
  ILayer* getLayer(int32_t index) const noexcept override { unexpected("VNetworkDefinition: ILayer* getLayer(int32_t index)"); }
  int32_t getNbInputs() const noexcept override { unexpected("VNetworkDefinition: int32_t getNbInputs()"); }
  ITensor* getInput(int32_t index) const noexcept override { unexpected("VNetworkDefinition: ITensor* getInput(int32_t index)"); }
  int32_t getNbOutputs() const noexcept override { unexpected("VNetworkDefinition: int32_t getNbOutputs()"); }
  ITensor* getOutput(int32_t index) const noexcept override { unexpected("VNetworkDefinition: ITensor* getOutput(int32_t index)"); }
  IReduceLayer* addReduce( ITensor& input, ReduceOperation operation, uint32_t reduceAxes, bool keepDimensions) noexcept override { unexpected("VNetworkDefinition: IReduceLayer* addReduce( ITensor& input, ReduceOperation operation, uint32_t reduceAxes, bool keepDimensions)"); }
  ITopKLayer* addTopK(ITensor& input, TopKOperation op, int32_t k, uint32_t reduceAxes) noexcept override { unexpected("VNetworkDefinition: ITopKLayer* addTopK(ITensor& input, TopKOperation op, int32_t k, uint32_t reduceAxes)"); }
  IGatherLayer* addGather(ITensor& data, ITensor& indices, int32_t axis) noexcept override { unexpected("VNetworkDefinition: IGatherLayer* addGather(ITensor& data, ITensor& indices, int32_t axis)"); }
  IRaggedSoftMaxLayer* addRaggedSoftMax(ITensor& input, ITensor& bounds) noexcept override { unexpected("VNetworkDefinition: IRaggedSoftMaxLayer* addRaggedSoftMax(ITensor& input, ITensor& bounds)"); }
  IMatrixMultiplyLayer* addMatrixMultiply( ITensor& input0, MatrixOperation op0, ITensor& input1, MatrixOperation op1) noexcept override { unexpected("VNetworkDefinition: IMatrixMultiplyLayer* addMatrixMultiply( ITensor& input0, MatrixOperation op0, ITensor& input1, MatrixOperation op1)"); }
  IConstantLayer* addConstant(Dims const& dimensions, Weights weights) noexcept override { unexpected("VNetworkDefinition: IConstantLayer* addConstant(Dims const& dimensions, Weights weights)"); }
  IIdentityLayer* addIdentity(ITensor& input) noexcept override { unexpected("VNetworkDefinition: IIdentityLayer* addIdentity(ITensor& input)"); }
  void removeTensor(ITensor& tensor) noexcept override { unexpected("VNetworkDefinition: void removeTensor(ITensor& tensor)"); }
  void unmarkOutput(ITensor& tensor) noexcept override { unexpected("VNetworkDefinition: void unmarkOutput(ITensor& tensor)"); }
  IPluginV2Layer* addPluginV2(ITensor* const* inputs, int32_t nbInputs, IPluginV2& plugin) noexcept override { unexpected("VNetworkDefinition: IPluginV2Layer* addPluginV2(ITensor* const* inputs, int32_t nbInputs, IPluginV2& plugin)"); }
  IPluginV3Layer* addPluginV3(ITensor* const* inputs, int32_t nbInputs, ITensor* const* shapeInputs, int32_t nbShapeInputs, IPluginV3& plugin) noexcept override { unexpected("VNetworkDefinition: IPluginV3Layer* addPluginV3(ITensor* const* inputs, int32_t nbInputs, ITensor* const* shapeInputs, int32_t nbShapeInputs, IPluginV3& plugin)"); }
  ISliceLayer* addSlice(ITensor& input, Dims const& start, Dims const& size, Dims const& stride) noexcept override { unexpected("VNetworkDefinition: ISliceLayer* addSlice(ITensor& input, Dims const& start, Dims const& size, Dims const& stride)"); }
  void setName(char const* name) noexcept override { unexpected("VNetworkDefinition: void setName(char const* name)"); }
  char const* getName() const noexcept override { unexpected("VNetworkDefinition: char const* getName()"); }
  IShapeLayer* addShape(ITensor& input) noexcept override { unexpected("VNetworkDefinition: IShapeLayer* addShape(ITensor& input)"); }
  bool hasImplicitBatchDimension() const noexcept override { unexpected("VNetworkDefinition: bool hasImplicitBatchDimension()"); }
  bool markOutputForShapes(ITensor& tensor) noexcept override { unexpected("VNetworkDefinition: bool markOutputForShapes(ITensor& tensor)"); }
  bool unmarkOutputForShapes(ITensor& tensor) noexcept override { unexpected("VNetworkDefinition: bool unmarkOutputForShapes(ITensor& tensor)"); }
  IParametricReLULayer* addParametricReLU(ITensor& input, ITensor& slope) noexcept override { unexpected("VNetworkDefinition: IParametricReLULayer* addParametricReLU(ITensor& input, ITensor& slope)"); }
  IConvolutionLayer* addConvolutionNd( ITensor& input, int64_t nbOutputMaps, Dims const& kernelSize, Weights kernelWeights, Weights biasWeights) noexcept override { unexpected("VNetworkDefinition: IConvolutionLayer* addConvolutionNd( ITensor& input, int64_t nbOutputMaps, Dims const& kernelSize, Weights kernelWeights, Weights biasWeights)"); }
  IPoolingLayer* addPoolingNd(ITensor& input, PoolingType type, Dims const& windowSize) noexcept override { unexpected("VNetworkDefinition: IPoolingLayer* addPoolingNd(ITensor& input, PoolingType type, Dims const& windowSize)"); }
  IDeconvolutionLayer* addDeconvolutionNd( ITensor& input, int64_t nbOutputMaps, Dims const& kernelSize, Weights kernelWeights, Weights biasWeights) noexcept override { unexpected("VNetworkDefinition: IDeconvolutionLayer* addDeconvolutionNd( ITensor& input, int64_t nbOutputMaps, Dims const& kernelSize, Weights kernelWeights, Weights biasWeights)"); }
  IScaleLayer* addScaleNd( ITensor& input, ScaleMode mode, Weights shift, Weights scale, Weights power, int32_t channelAxis) noexcept override { unexpected("VNetworkDefinition: IScaleLayer* addScaleNd( ITensor& input, ScaleMode mode, Weights shift, Weights scale, Weights power, int32_t channelAxis)"); }
  IResizeLayer* addResize(ITensor& input) noexcept override { unexpected("VNetworkDefinition: IResizeLayer* addResize(ITensor& input)"); }
  ILoop* addLoop() noexcept override { unexpected("VNetworkDefinition: ILoop* addLoop()"); }
  ISelectLayer* addSelect(ITensor& condition, ITensor& thenInput, ITensor& elseInput) noexcept override { unexpected("VNetworkDefinition: ISelectLayer* addSelect(ITensor& condition, ITensor& thenInput, ITensor& elseInput)"); }
  IFillLayer* addFill(Dims const& dimensions, FillOperation op) noexcept override { unexpected("VNetworkDefinition: IFillLayer* addFill(Dims const& dimensions, FillOperation op)"); }
  IPaddingLayer* addPaddingNd(ITensor& input, Dims const& prePadding, Dims const& postPadding) noexcept override { unexpected("VNetworkDefinition: IPaddingLayer* addPaddingNd(ITensor& input, Dims const& prePadding, Dims const& postPadding)"); }
  bool setWeightsName(Weights weights, char const* name) noexcept override { unexpected("VNetworkDefinition: bool setWeightsName(Weights weights, char const* name)"); }
  void setErrorRecorder(IErrorRecorder* recorder) noexcept override { unexpected("VNetworkDefinition: void setErrorRecorder(IErrorRecorder* recorder)"); }
  IErrorRecorder* getErrorRecorder() const noexcept override { unexpected("VNetworkDefinition: IErrorRecorder* getErrorRecorder()"); }
  IDequantizeLayer* addDequantize(ITensor& input, ITensor& scale) noexcept override { unexpected("VNetworkDefinition: IDequantizeLayer* addDequantize(ITensor& input, ITensor& scale)"); }
  IQuantizeLayer* addQuantize(ITensor& input, ITensor& scale) noexcept override { unexpected("VNetworkDefinition: IQuantizeLayer* addQuantize(ITensor& input, ITensor& scale)"); }
  IGatherLayer* addGatherV2(ITensor& data, ITensor& indices, GatherMode mode) noexcept override { unexpected("VNetworkDefinition: IGatherLayer* addGatherV2(ITensor& data, ITensor& indices, GatherMode mode)"); }
  IIfConditional* addIfConditional() noexcept override { unexpected("VNetworkDefinition: IIfConditional* addIfConditional()"); }
  IScatterLayer* addScatter(ITensor& data, ITensor& indices, ITensor& updates, ScatterMode mode) noexcept override { unexpected("VNetworkDefinition: IScatterLayer* addScatter(ITensor& data, ITensor& indices, ITensor& updates, ScatterMode mode)"); }
  IEinsumLayer* addEinsum(ITensor* const* inputs, int32_t nbInputs, char const* equation) noexcept override { unexpected("VNetworkDefinition: IEinsumLayer* addEinsum(ITensor* const* inputs, int32_t nbInputs, char const* equation)"); }
  IAssertionLayer* addAssertion(ITensor& condition, char const* message) noexcept override { unexpected("VNetworkDefinition: IAssertionLayer* addAssertion(ITensor& condition, char const* message)"); }
  IOneHotLayer* addOneHot(ITensor& indices, ITensor& values, ITensor& depth, int32_t axis) noexcept override { unexpected("VNetworkDefinition: IOneHotLayer* addOneHot(ITensor& indices, ITensor& values, ITensor& depth, int32_t axis)"); }
  INonZeroLayer* addNonZero(ITensor& input) noexcept override { unexpected("VNetworkDefinition: INonZeroLayer* addNonZero(ITensor& input)"); }
  IGridSampleLayer* addGridSample(ITensor& input, ITensor& grid) noexcept override { unexpected("VNetworkDefinition: IGridSampleLayer* addGridSample(ITensor& input, ITensor& grid)"); }
  INMSLayer* addNMS(ITensor& boxes, ITensor& scores, ITensor& maxOutputBoxesPerClass) noexcept override { unexpected("VNetworkDefinition: INMSLayer* addNMS(ITensor& boxes, ITensor& scores, ITensor& maxOutputBoxesPerClass)"); }
  IReverseSequenceLayer* addReverseSequence(ITensor& input, ITensor& sequenceLens) noexcept override { unexpected("VNetworkDefinition: IReverseSequenceLayer* addReverseSequence(ITensor& input, ITensor& sequenceLens)"); }
  INormalizationLayer* addNormalization( ITensor& input, ITensor& scale, ITensor& bias, uint32_t axesMask) noexcept override { unexpected("VNetworkDefinition: INormalizationLayer* addNormalization( ITensor& input, ITensor& scale, ITensor& bias, uint32_t axesMask)"); }
  ICastLayer* addCast(ITensor& input, DataType toType) noexcept override { unexpected("VNetworkDefinition: ICastLayer* addCast(ITensor& input, DataType toType)"); }
  IBuilder& getBuilder() const noexcept override { unexpected("VNetworkDefinition: IBuilder& getBuilder()"); }
  NetworkDefinitionCreationFlags getFlags() const noexcept override { unexpected("VNetworkDefinition: NetworkDefinitionCreationFlags getFlags()"); }
  bool getFlag(NetworkDefinitionCreationFlag networkDefinitionCreationFlag) const noexcept override { unexpected("VNetworkDefinition: bool getFlag(NetworkDefinitionCreationFlag networkDefinitionCreationFlag)"); }
  IQuantizeLayer* addQuantizeV2(ITensor& input, ITensor& scale, DataType outputType) noexcept override { unexpected("VNetworkDefinition: IQuantizeLayer* addQuantizeV2(ITensor& input, ITensor& scale, DataType outputType)"); }
  IDequantizeLayer* addDequantizeV2(ITensor& input, ITensor& scale, DataType outputType) noexcept override { unexpected("VNetworkDefinition: IDequantizeLayer* addDequantizeV2(ITensor& input, ITensor& scale, DataType outputType)"); }
  IFillLayer* addFillV2(Dims const& dimensions, FillOperation op, DataType outputType) noexcept override { unexpected("VNetworkDefinition: IFillLayer* addFillV2(Dims const& dimensions, FillOperation op, DataType outputType)"); }
  bool markDebug(ITensor& tensor) noexcept override { unexpected("VNetworkDefinition: bool markDebug(ITensor& tensor)"); }
  bool unmarkDebug(ITensor& tensor) noexcept override { unexpected("VNetworkDefinition: bool unmarkDebug(ITensor& tensor)"); }
  bool isDebugTensor(nvinfer1::ITensor const& tensor) const noexcept override { unexpected("VNetworkDefinition: bool isDebugTensor(nvinfer1::ITensor const& tensor)"); }
  bool markWeightsRefittable(char const* name) noexcept override { unexpected("VNetworkDefinition: bool markWeightsRefittable(char const* name)"); }
  bool unmarkWeightsRefittable(char const* name) noexcept override { unexpected("VNetworkDefinition: bool unmarkWeightsRefittable(char const* name)"); }
  bool areWeightsMarkedRefittable(char const* name) const noexcept override { unexpected("VNetworkDefinition: bool areWeightsMarkedRefittable(char const* name)"); }
};

class VOptimizationProfileBase : public nvinfer1::apiv::VOptimizationProfile {
 public:
  bool setDimensions(char const* inputName, OptProfileSelector select, Dims const& dims) noexcept override { unexpected("VOptimizationProfile: bool setDimensions(char const* inputName, OptProfileSelector select, Dims const& dims)"); }
  Dims getDimensions(char const* inputName, OptProfileSelector select) const noexcept override { unexpected("VOptimizationProfile: Dims getDimensions(char const* inputName, OptProfileSelector select)"); }
  bool setShapeValues( char const* inputName, OptProfileSelector select, int32_t const* values, int32_t nbValues) noexcept override { unexpected("VOptimizationProfile: bool setShapeValues( char const* inputName, OptProfileSelector select, int32_t const* values, int32_t nbValues)"); }
  int32_t getNbShapeValues(char const* inputName) const noexcept override { unexpected("VOptimizationProfile: int32_t getNbShapeValues(char const* inputName)"); }
  int32_t const* getShapeValues(char const* inputName, OptProfileSelector select) const noexcept override { unexpected("VOptimizationProfile: int32_t const* getShapeValues(char const* inputName, OptProfileSelector select)"); }
  bool setExtraMemoryTarget(float target) noexcept override { unexpected("VOptimizationProfile: bool setExtraMemoryTarget(float target)"); }
  float getExtraMemoryTarget() const noexcept override { unexpected("VOptimizationProfile: float getExtraMemoryTarget()"); }
  bool isValid() const noexcept override { unexpected("VOptimizationProfile: bool isValid()"); }
};

class VTensorBase : public nvinfer1::apiv::VTensor {
 public:
  void setName(char const* name) noexcept override { unexpected("VTensor: void setName(char const* name)"); }
  char const* getName() const noexcept override { unexpected("VTensor: char const* getName()"); }
  void setDimensions(Dims const& dimensions) noexcept override { unexpected("VTensor: void setDimensions(Dims const& dimensions)"); }
  Dims getDimensions() const noexcept override { unexpected("VTensor: Dims getDimensions()"); }
  void setType(DataType type) noexcept override { unexpected("VTensor: void setType(DataType type)"); }
  DataType getType() const noexcept override { unexpected("VTensor: DataType getType()"); }
  bool setDynamicRange(float min, float max) noexcept override { unexpected("VTensor: bool setDynamicRange(float min, float max)"); }
  bool isNetworkInput() const noexcept override { unexpected("VTensor: bool isNetworkInput()"); }
  bool isNetworkOutput() const noexcept override { unexpected("VTensor: bool isNetworkOutput()"); }
  void setBroadcastAcrossBatch(bool broadcastAcrossBatch) noexcept override { unexpected("VTensor: void setBroadcastAcrossBatch(bool broadcastAcrossBatch)"); }
  bool getBroadcastAcrossBatch() const noexcept override { unexpected("VTensor: bool getBroadcastAcrossBatch()"); }
  TensorLocation getLocation() const noexcept override { unexpected("VTensor: TensorLocation getLocation()"); }
  void setLocation(TensorLocation location) noexcept override { unexpected("VTensor: void setLocation(TensorLocation location)"); }
  bool dynamicRangeIsSet() const noexcept override { unexpected("VTensor: bool dynamicRangeIsSet()"); }
  void resetDynamicRange() noexcept override { unexpected("VTensor: void resetDynamicRange()"); }
  float getDynamicRangeMin() const noexcept override { unexpected("VTensor: float getDynamicRangeMin()"); }
  float getDynamicRangeMax() const noexcept override { unexpected("VTensor: float getDynamicRangeMax()"); }
  void setAllowedFormats(TensorFormats formats) noexcept override { unexpected("VTensor: void setAllowedFormats(TensorFormats formats)"); }
  TensorFormats getAllowedFormats() const noexcept override { unexpected("VTensor: TensorFormats getAllowedFormats()"); }
  bool isShapeTensor() const noexcept override { unexpected("VTensor: bool isShapeTensor()"); }
  bool isExecutionTensor() const noexcept override { unexpected("VTensor: bool isExecutionTensor()"); }
  void setDimensionName(int32_t index, char const* name) noexcept override { unexpected("VTensor: void setDimensionName(int32_t index, char const* name)"); }
  char const* getDimensionName(int32_t index) const noexcept override { unexpected("VTensor: char const* getDimensionName(int32_t index)"); }
};

class VTimingCacheBase : public nvinfer1::apiv::VTimingCache {
 public:
  nvinfer1::IHostMemory* serialize() const noexcept override { unexpected("VTimingCache: nvinfer1::IHostMemory* serialize()"); }
  bool combine(ITimingCache const& inputCache, bool ignoreMismatch) noexcept override { unexpected("VTimingCache: bool combine(ITimingCache const& inputCache, bool ignoreMismatch)"); }
  bool reset() noexcept override { unexpected("VTimingCache: bool reset()"); }
};

}
namespace simulated_parser {
using namespace nvonnxparser;
class IParserBase : public nvonnxparser::IParser {
 public:
  bool parse( void const* serialized_onnx_model, size_t serialized_onnx_model_size, const char* model_path = nullptr) noexcept override { unexpected("IParser: bool parse( void const* serialized_onnx_model, size_t serialized_onnx_model_size, const char* model_path = nullptr)"); }
  bool parseFromFile(const char* onnxModelFile, int verbosity) noexcept override { unexpected("IParser: bool parseFromFile(const char* onnxModelFile, int verbosity)"); }
  bool supportsModel(void const* serialized_onnx_model, size_t serialized_onnx_model_size, SubGraphCollection_t& sub_graph_collection, const char* model_path = nullptr) noexcept override { unexpected("IParser: bool supportsModel(void const* serialized_onnx_model, size_t serialized_onnx_model_size, SubGraphCollection_t& sub_graph_collection, const char* model_path = nullptr)"); }
  bool parseWithWeightDescriptors( void const* serialized_onnx_model, size_t serialized_onnx_model_size) noexcept override { unexpected("IParser: bool parseWithWeightDescriptors( void const* serialized_onnx_model, size_t serialized_onnx_model_size)"); }
  bool supportsOperator(const char* op_name) const noexcept override { unexpected("IParser: bool supportsOperator(const char* op_name)"); }
  int getNbErrors() const noexcept override { unexpected("IParser: int getNbErrors()"); }
  IParserError const* getError(int index) const noexcept override { unexpected("IParser: IParserError const* getError(int index)"); }
  void clearErrors() noexcept override { unexpected("IParser: void clearErrors()"); }
  char const* const* getUsedVCPluginLibraries(int64_t& nbPluginLibs) const noexcept override { unexpected("IParser: char const* const* getUsedVCPluginLibraries(int64_t& nbPluginLibs)"); }
  void setFlags(OnnxParserFlags onnxParserFlags) noexcept override { unexpected("IParser: void setFlags(OnnxParserFlags onnxParserFlags)"); }
  OnnxParserFlags getFlags() const noexcept override { unexpected("IParser: OnnxParserFlags getFlags()"); }
  void clearFlag(OnnxParserFlag onnxParserFlag) noexcept override { unexpected("IParser: void clearFlag(OnnxParserFlag onnxParserFlag)"); }
  void setFlag(OnnxParserFlag onnxParserFlag) noexcept override { unexpected("IParser: void setFlag(OnnxParserFlag onnxParserFlag)"); }
  bool getFlag(OnnxParserFlag onnxParserFlag) const noexcept override { unexpected("IParser: bool getFlag(OnnxParserFlag onnxParserFlag)"); }
  nvinfer1::ITensor const* getLayerOutputTensor(char const* name, int64_t i) noexcept override { unexpected("IParser: nvinfer1::ITensor const* getLayerOutputTensor(char const* name, int64_t i)"); }
  bool supportsModelV2( void const* serializedOnnxModel, size_t serializedOnnxModelSize, char const* modelPath = nullptr) noexcept override { unexpected("IParser: bool supportsModelV2( void const* serializedOnnxModel, size_t serializedOnnxModelSize, char const* modelPath = nullptr)"); }
  int64_t getNbSubgraphs() noexcept override { unexpected("IParser: int64_t getNbSubgraphs()"); }
  bool isSubgraphSupported(int64_t const index) noexcept override { unexpected("IParser: bool isSubgraphSupported(int64_t const index)"); }
  int64_t* getSubgraphNodes(int64_t const index, int64_t& subgraphLength) noexcept override { unexpected("IParser: int64_t* getSubgraphNodes(int64_t const index, int64_t& subgraphLength)"); }
};

class IParserErrorBase : public nvonnxparser::IParserError {
 public:
  ErrorCode code() const override { unexpected("IParserError: ErrorCode code()"); }
  char const* desc() const override { unexpected("IParserError: char const* desc()"); }
  char const* file() const override { unexpected("IParserError: char const* file()"); }
  int line() const override { unexpected("IParserError: int line()"); }
  char const* func() const override { unexpected("IParserError: char const* func()"); }
  int node() const override { unexpected("IParserError: int node()"); }
  char const* nodeName() const override { unexpected("IParserError: char const* nodeName()"); }
  char const* nodeOperator() const override { unexpected("IParserError: char const* nodeOperator()"); }
  char const* const* localFunctionStack() const override { unexpected("IParserError: char const* const* localFunctionStack()"); }
  int32_t localFunctionStackSize() const override { unexpected("IParserError: int32_t localFunctionStackSize()"); }
};

}
